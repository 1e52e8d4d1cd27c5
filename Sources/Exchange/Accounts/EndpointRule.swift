import Foundation

/// Why an address is not one to which messages may be pushed; nil when it is.
///
/// `https` only, without user, query and fragment: nothing secret or personal may stand in an address. An address of this machine or of an
/// inner network is refused unless it is allowed, since whoever names an endpoint chooses where the exchange connects to. A name that leads
/// there is met by the handshake: without the partner's registered certificate at the other end nothing is sent.
func endpointFault(_ text: String, allowingPrivate: Bool) -> String? {
    guard text.utf8.count <= 500, text.utf8.allSatisfy({ 0x21...0x7e ~= $0 }), let parts = URLComponents(string: text) else {
        return "it is not an address"
    }
    guard parts.scheme?.lowercased() == "https" else { return "it is not https" }
    guard parts.user == nil, parts.password == nil else { return "it names a user" }
    guard parts.query == nil else { return "it has a query" }
    guard parts.fragment == nil else { return "it has a fragment" }
    // `URLComponents` decodes what is written with percents; a host needs none.
    guard parts.percentEncodedHost?.contains("%") != true else { return "it names no host" }
    guard let port = parts.port ?? 443 as Int?, 1...65_535 ~= port else { return "its port does not exist" }
    guard var host = parts.host?.lowercased(), !host.isEmpty else { return "it names no host" }
    if host.hasSuffix(".") { host.removeLast() }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    if host.contains(":") {
        guard let bytes = addressBytes(host, family: AF_INET6, count: 16) else { return "it names no host" }
        return !allowingPrivate && isInner6(bytes) ? "its host is of this machine or an inner network" : nil
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.allSatisfy({ !$0.isEmpty }), let last = labels.last else { return "it names no host" }
    // A host that ends in a number is an address; the resolver also takes `127.1` and `0x7f000001` for one.
    if last.allSatisfy(\.isNumber) || last.hasPrefix("0x") {
        guard let bytes = addressBytes(host, family: AF_INET, count: 4) else { return "it names no host" }
        return !allowingPrivate && isInner4(bytes) ? "its host is of this machine or an inner network" : nil
    }
    if !allowingPrivate, host == "localhost" || host.hasSuffix(".localhost") { return "its host is of this machine or an inner network" }
    return nil
}

private func addressBytes(_ text: String, family: Int32, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    guard inet_pton(family, text, &bytes) == 1 else { return nil }
    return bytes
}

/// IPv4 networks that are not the public internet (RFC 6890).
private let inner4: [(UInt32, Int)] = [
    (0x0000_0000, 8), (0x0a00_0000, 8), (0x6440_0000, 10), (0x7f00_0000, 8), (0xa9fe_0000, 16), (0xac10_0000, 12), (0xc000_0000, 24),
    (0xc000_0200, 24), (0xc0a8_0000, 16), (0xc612_0000, 15), (0xc633_6400, 24), (0xcb00_7100, 24), (0xe000_0000, 3),
]

private func isInner4(_ bytes: [UInt8]) -> Bool {
    let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return inner4.contains { network, length in (address ^ network) >> UInt32(32 - length) == 0 }
}

private func isInner6(_ bytes: [UInt8]) -> Bool {
    let zeros = bytes.prefix(10).allSatisfy { $0 == 0 }
    // Unspecified, loopback, IPv4 in its old and mapped forms, and translated (64:ff9b::/96): the IPv4 address in it counts.
    if zeros, bytes[10...11].allSatisfy({ $0 == 0 }) || bytes[10...11].allSatisfy({ $0 == 0xff }) {
        return bytes[10] == 0 || isInner4(Array(bytes.suffix(4)))
    }
    if bytes.prefix(12) == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] { return isInner4(Array(bytes.suffix(4))) }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return isInner4(Array(bytes[2...5])) }
    // Only 2000::/3 is given out.
    return bytes[0] >> 5 != 1
}
