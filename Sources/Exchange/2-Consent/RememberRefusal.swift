import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Keeps a no beside the keys, as a withdrawal is kept: data restored from an older copy learn of it. On the disk when it returns.
    ///
    /// A no that came with a signal is not kept so: restored data that do not have it do not have its person either. Nor is one that was recorded
    /// before there was a place for it. One by somebody who decides for the person is kept, and is recorded again only where that one is known.
    func remember(_ refusal: ConsentRecord, how: String, of person: JournalSubject) async throws(DeskRefusal) {
        do {
            let sealed = try sealSecret(
                refusal.said(how).canonicalBytes(), id: refusal.id.bytes, under: person.key.derive(refusalUse))
            try await vault.remember(RememberedRefusal(consent: refusal.id, key: person.key.id, sealed: sealed))
        } catch { throw .notDurable }
    }

    /// What a remembered no says, and how it reached whoever recorded it.
    func opened(_ refusal: RememberedRefusal, of person: JournalSubject) throws(DeskRefusal) -> (record: ConsentRecord, how: String) {
        let text = try? openSecret(refusal.sealed, id: refusal.consent.bytes, under: person.key.derive(refusalUse))
        guard let text, let json = try? parseJSON(text), let record = ConsentRecord(refusal.consent, said: json),
            let how = json["how"]?.stringValue
        else { throw .notDurable }
        return (record, how)
    }
}

/// The sub-key of a person under which it is sealed what the person refused.
private let refusalUse = "refusal"

extension ConsentRecord {
    /// What a no says, but whose it is; instants in milliseconds.
    fileprivate func said(_ how: String) -> JSONValue {
        var json: JSONObject = [
            "recipients": .array(recipients.map { .string($0.text) }), "fields": .string(fields.paths.joined(separator: " ")),
            "from": .integer(from.millisecondsSince1970), "recordedAt": .integer(recordedAt.millisecondsSince1970), "how": .string(how),
        ]
        if let representative = speaker.representative { json["by"] = .string(representative.description) }
        if let purposes { json["purposes"] = .array(purposes.map { .string($0.rawValue) }) }
        if let until { json["until"] = .integer(until.millisecondsSince1970) }
        return .object(json)
    }

    /// The no that ``said(_:)`` wrote; nil for anything else.
    fileprivate init?(_ id: ConsentID, said json: JSONValue) {
        func instant(_ name: String) -> Instant? { json[name]?.integerValue.map { Instant(millisecondsSince1970: $0) } }
        let texts = json["recipients"]?.arrayValue ?? []
        let recipients = texts.compactMap { text in text.stringValue.flatMap { ConsentRecipient($0) } }
        guard recipients.count == texts.count, let words = json["fields"]?.stringValue, let fields = FieldNames(words: words),
            let from = instant("from"), let recordedAt = instant("recordedAt")
        else { return nil }
        let purposes = json["purposes"]?.arrayValue.map { list in list.compactMap { $0.stringValue.map { Purpose(rawValue: $0) } } }
        let representative = json["by"]?.stringValue.flatMap { RepresentativeID($0) }
        self.init(
            id: id, by: Speaker(representative), answer: .refused, recipients: recipients, purposes: purposes, fields: fields, from: from,
            until: instant("until"), recordedAt: recordedAt, withdrawnAt: nil)
    }
}
