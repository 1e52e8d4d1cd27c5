import Foundation

/// Why an address is not one to which messages may be pushed; nil when it is.
///
/// `https` only, without user, query and fragment: nothing secret or personal may stand in an address. An address of this machine or of an
/// inner network is refused unless it is allowed, since whoever names an endpoint chooses where the exchange connects to. Where a name leads
/// is looked at when a connection is made (``ReferralDesk/mayConnect(to:)``).
func endpointFault(_ text: String, allowingPrivate: PrivateHosts) -> String? {
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
        guard let bytes = addressBytes(host), bytes.count == 16 else { return "it names no host" }
        return allowingPrivate.allows(bytes) ? nil : "its host is of this machine or an inner network"
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.allSatisfy({ !$0.isEmpty }), let last = labels.last else { return "it names no host" }
    // A host that ends in a number is an address; the resolver also takes `127.1` and `0x7f000001` for one.
    if last.allSatisfy(\.isNumber) || last.hasPrefix("0x") {
        guard let bytes = addressBytes(host), bytes.count == 4 else { return "it names no host" }
        return allowingPrivate.allows(bytes) ? nil : "its host is of this machine or an inner network"
    }
    if host == "localhost" || host.hasSuffix(".localhost"), !allowingPrivate.allows([127, 0, 0, 1]) {
        return "its host is of this machine or an inner network"
    }
    return nil
}

extension ReferralDesk {
    /// Whether a connection to a partner may go to this address (4 or 16 bytes), to which its host's name led just now.
    ///
    /// Asked at connect time, about the very address that is connected to: what a name leads to can change after it was registered.
    public func mayConnect(to address: [UInt8]) -> Bool { settings.privateHosts.allows(address) }
}
