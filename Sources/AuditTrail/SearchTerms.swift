/// By what an entry is searched, besides whom it is about: its event, and each partner that acted or is named as recipient or partner.
///
/// All of it follows from the entry, so that whoever keeps it can be checked.
/// - Parameters:
///   - actor: the partner that acted; nil for anybody else.
///   - named: the facts `recipient` and `partner`.
func searchTerms(event: String, actor: String?, named: [AuditFact?]) -> [String] {
    var terms = [event]
    for case let term? in [actor] + named.map(\.?.organisation) where !terms.contains(term) { terms.append(term) }
    return terms
}

extension RecordedEntry {
    /// By what the entry is searched, as ``EncodedEntry/terms``.
    public var terms: [String] {
        searchTerms(
            event: event, actor: actor["kind"] == AuditActor.Kind.partner.rawValue ? actor["organisation"] : nil,
            named: [facts["recipient"], facts["partner"]])
    }
}

extension AuditFact {
    /// The text when it is the number of an organisation (OIN): twenty digits, or a school's, which may hold capital letters behind `00000007`.
    fileprivate var organisation: String? {
        guard case .text(let text) = self, text.utf8.count == 20 else { return nil }
        let mayHoldLetters = text.hasPrefix("00000007")
        let isNumber = text.utf8.enumerated().allSatisfy { place, byte in
            0x30...0x39 ~= byte || (mayHoldLetters && place >= 8 && 0x41...0x5A ~= byte)
        }
        return isNumber ? text : nil
    }
}
