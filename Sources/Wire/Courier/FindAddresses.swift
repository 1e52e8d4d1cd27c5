import Foundation
import Glibc
import Synchronization

/// An address to which a host's name leads.
struct HostAddress: Hashable, Sendable {
    /// 4 or 16 bytes.
    let bytes: [UInt8]
    /// The usual text form.
    let text: String

    init?(bytes: [UInt8]) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard bytes.count == 4 || bytes.count == 16,
            inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil
        else { return nil }
        self.bytes = bytes
        self.text = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Why no connection to an endpoint is tried.
enum NoAddress: String, Error {
    /// Its host's name leads nowhere.
    case nameUnknown = "name-unknown"
    /// Its host's name leads to this machine or an inner network, and no further.
    case addressRefused = "address-refused"
}

/// The addresses of an endpoint's host to which a connection may go, in the resolver's order.
///
/// They are looked at after the name was resolved, and the connection goes to them and not to the name: whoever answers for the name cannot
/// lead it elsewhere in between (DNS rebinding).
func findAddresses(
    of endpoint: String, resolve: @Sendable (String) async -> [HostAddress], mayConnect: @Sendable ([UInt8]) -> Bool
) async throws(NoAddress) -> [HostAddress] {
    guard let host = endpointHost(endpoint) else { throw .nameUnknown }
    let found = await resolve(host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host)
    guard !found.isEmpty else { throw .nameUnknown }
    let allowed = found.filter { mayConnect($0.bytes) }
    guard !allowed.isEmpty else { throw .addressRefused }
    return allowed
}

/// The host of an endpoint, as the HTTP client reads it.
func endpointHost(_ endpoint: String) -> String? { URL(string: endpoint)?.host }

/// Asks the system's resolver.
@Sendable func resolveBySystem(_ host: String) async -> [HostAddress] { await lookUps.addresses(of: host) }

private let lookUps = LookUps(lookUp)

/// Look-ups of names that may each take half a minute, as where no name server answers.
///
/// Each has a thread of its own, not one of those that run everything else; a name is looked up once at a time, for all who ask.
final class LookUps: Sendable {
    private let waiting = Mutex<[String: [CheckedContinuation<[HostAddress], Never>]]>([:])
    private let lookUp: @Sendable (String) -> [HostAddress]

    /// - Parameter lookUp: waits for the answer; called on a thread of its own.
    init(_ lookUp: @escaping @Sendable (String) -> [HostAddress]) { self.lookUp = lookUp }

    /// The addresses to which a name leads; none where it leads nowhere.
    func addresses(of host: String) async -> [HostAddress] {
        await withCheckedContinuation { asker in
            let isFirst = waiting.withLock { waiting in
                waiting[host, default: []].append(asker)
                return waiting[host]?.count == 1
            }
            guard isFirst else { return }
            Thread.detachNewThread { [self] in
                let found = lookUp(host)
                let askers = waiting.withLock { $0.removeValue(forKey: host) } ?? []
                for asker in askers { asker.resume(returning: found) }
            }
        }
    }
}

@Sendable private func lookUp(_ host: String) -> [HostAddress] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [HostAddress] = []
    var next = list
    while let entry = next?.pointee {
        next = entry.ai_next
        if let address = hostAddress(entry), !found.contains(address) { found.append(address) }
    }
    return found
}

private func hostAddress(_ entry: addrinfo) -> HostAddress? {
    guard let pointer = UnsafeRawPointer(entry.ai_addr) else { return nil }
    switch entry.ai_family {
    case AF_INET:
        var address = pointer.loadUnaligned(as: sockaddr_in.self).sin_addr
        return HostAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
    case AF_INET6:
        var address = pointer.loadUnaligned(as: sockaddr_in6.self).sin6_addr
        return HostAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
    default: return nil
    }
}
