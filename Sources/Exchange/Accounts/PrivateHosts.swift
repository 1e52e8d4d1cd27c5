import Foundation

/// Which addresses of this machine and of inner networks partners may be reached at (setting `push.privateHosts`).
public struct PrivateHosts: Hashable, Sendable, ExpressibleByBooleanLiteral {
    private struct Network: Hashable {
        let bytes: [UInt8]
        let length: Int

        func holds(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            return zip(address, bytes).enumerated().allSatisfy { place, pair in
                let bits = min(max(length - place * 8, 0), 8)
                return (pair.0 ^ pair.1) & UInt8(truncatingIfNeeded: 0xff00 >> bits) == 0
            }
        }
    }
    private let all: Bool
    private let networks: [Network]

    /// All of them, or none.
    public init(booleanLiteral all: Bool) { self.init(all: all, networks: []) }

    private init(all: Bool, networks: [Network]) {
        self.all = all
        self.networks = networks
    }

    /// `true`, `false`, or addresses and networks separated by commas: `10.20.0.0/16, fd12:3456::/32`. Nil for anything else.
    public init?(_ text: String) {
        if let all = Bool(text) {
            self.init(all: all, networks: [])
            return
        }
        var networks: [Network] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.trimmingCharacters(in: .whitespaces).split(separator: "/", omittingEmptySubsequences: false)
            guard let host = words.first, words.count <= 2, let bytes = addressBytes(String(host)) else { return nil }
            guard let length = words.count == 2 ? Int(words[1]) : bytes.count * 8, 0...bytes.count * 8 ~= length else { return nil }
            networks.append(Network(bytes: bytes, length: length))
        }
        self.init(all: false, networks: networks)
    }

    /// Whether a connection may go to this address: 4 or 16 bytes, as a name led to it or as it was written.
    public func allows(_ address: [UInt8]) -> Bool {
        let address = plainAddress(address)
        return !isInner(address) || all || networks.contains { $0.holds(address) }
    }
}

/// The bytes of an address in its usual text form, 4 or 16.
func addressBytes(_ text: String) -> [UInt8]? {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
        var bytes = [UInt8](repeating: 0, count: count)
        if inet_pton(family, text, &bytes) == 1 { return bytes }
    }
    return nil
}

/// An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is that address.
private func plainAddress(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count == 16, bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10...11].allSatisfy({ $0 == 0xff }) else { return bytes }
    return Array(bytes.suffix(4))
}

/// IPv4 networks that are not the public internet (RFC 6890).
private let inner4: [(UInt32, Int)] = [
    (0x0000_0000, 8), (0x0a00_0000, 8), (0x6440_0000, 10), (0x7f00_0000, 8), (0xa9fe_0000, 16), (0xac10_0000, 12), (0xc000_0000, 24),
    (0xc000_0200, 24), (0xc0a8_0000, 16), (0xc612_0000, 15), (0xc633_6400, 24), (0xcb00_7100, 24), (0xe000_0000, 3),
]

/// Whether an address is of this machine, of an inner network, or of no network at all.
private func isInner(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 16 else {
        let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return bytes.count != 4 || inner4.contains { network, length in (address ^ network) >> UInt32(32 - length) == 0 }
    }
    // Translated addresses (64:ff9b::/96) and 6to4 lead to the IPv4 address in them.
    if bytes.prefix(12) == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] { return isInner(Array(bytes.suffix(4))) }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return isInner(Array(bytes[2...5])) }
    // Only 2000::/3 is given out: unspecified, loopback, unique-local, link-local and multicast lie outside it.
    return bytes[0] >> 5 != 1
}
