extension Transaction {
    /// Notes which certificates of the municipality's authority stand revoked, by their serial numbers; nothing of before stays noted.
    public func noteRevoked(_ serials: Set<String>) throws { try setMeta("revoked", serials.sorted().joined(separator: " ")) }

    /// The serial numbers that were noted last.
    public func revokedSerials() throws -> Set<String> {
        Set((try meta("revoked") ?? "").split(separator: " ").map(String.init))
    }
}
