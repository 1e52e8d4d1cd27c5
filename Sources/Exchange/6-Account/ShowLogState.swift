import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Where the log stands, for the privacy officer and the data protection officer; the look is itself an entry.
    ///
    /// 200 `{origin, size, note, since, entries, holders: [{partner, partnerName, sealedAt, receivedAt}]}`: the newest signed checkpoint, the time
    /// of the first entry, and the number of the newest one over all years, as they were before this look. A holder is a partner that signed a
    /// receipt: in the message stood the checkpoint of when it was sealed.
    public func showLogState(by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let state = try await read { transaction in
            (
                note: try transaction.newestCheckpoint(), first: try transaction.firstLogEntry(), last: try transaction.lastLogEntry(),
                holders: try transaction.partners().compactMap { try transaction.holding(of: $0) }
            )
        }
        guard let note = state.note, let first = state.first else { throw .notFound }
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 2, let size = Int64(lines[1]), let opening = try? RecordedEntry(reading: first) else { throw .notDurable }
        try await noteLook("state", by: caller)
        return DeskAnswer(
            status: 200,
            body: [
                "origin": .string(String(lines[0])), "size": .integer(size), "note": .string(note),
                "since": .string(Instant(millisecondsSince1970: opening.at).rfc3339), "entries": .integer(state.last),
                "holders": .array(state.holders),
            ])
    }

    /// Writes that an officer looked, and at what.
    func noteLook(_ what: String, by caller: Caller, about subjects: [JournalSubject] = []) async throws(DeskRefusal) {
        let read = entry(.logRead, by: caller, about: subjects, facts: ["what": .text(what)])
        try await commit { try $0.append([read]) }
    }
}

extension Transaction {
    /// Which checkpoint a partner holds, by its last receipt; nil when it has signed none.
    fileprivate func holding(of partner: PartnerRow) throws -> JSONValue? {
        guard let bytes = try newestLogEntry(partner.oin, .receiptTaken), let receipt = try? RecordedEntry(reading: bytes),
            let message = try receipt.refs["message"].flatMap({ MessageID($0) }).flatMap({ try message($0) })
        else { return nil }
        return [
            "partner": .string(partner.oin.description), "partnerName": .string(partner.name),
            "sealedAt": .string(message.queuedAt.rfc3339),
            "receivedAt": .string(Instant(millisecondsSince1970: receipt.at).rfc3339),
        ]
    }
}
