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
    /// The text when it is the number of an organisation (OIN): twenty digits.
    fileprivate var organisation: String? {
        guard case .text(let text) = self, text.utf8.count == 20, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return text
    }
}
