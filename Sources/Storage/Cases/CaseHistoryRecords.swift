import Casework

extension Transaction {
    /// The signals that stand under a case, oldest first; joined ones too.
    public func signals(of casefile: CasefileID) throws -> [SignalRow] {
        try all("SELECT id FROM signal WHERE casefile = ? ORDER BY id", [.of(casefile)]).compactMap { try signal($0.identifier("id")) }
    }

    /// The life domains that the signals of a case name, in order.
    public func domains(of casefile: CasefileID) throws -> [LifeDomain] {
        let lists = try all("SELECT domains FROM signal WHERE casefile = ?", [.of(casefile)]).map { try $0.text("domains") }
        return Set(lists.flatMap { $0.split(separator: ",").compactMap { LifeDomain(rawValue: String($0)) } }).sorted()
    }

    /// The meetings of a case, oldest first.
    public func meetings(of casefile: CasefileID) throws -> [MeetingRow] {
        try all("SELECT id FROM meeting WHERE casefile = ? ORDER BY id", [.of(casefile)]).compactMap { try meeting($0.identifier("id")) }
    }
}
