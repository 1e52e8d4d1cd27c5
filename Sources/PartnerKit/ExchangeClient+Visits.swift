import StrictJSON

extension ExchangeClient {
    /// Announces a home visit of this partner's own for a task, so that visits to one household can become one (R114). Dutch: huisbezoek.
    ///
    /// - Parameter day: the date `YYYY-MM-DD`.
    /// - Returns: the visit's id.
    public func planVisit(for task: String, on day: String, idempotencyKey: String) async throws(PartnerFault) -> String {
        let body: JSONValue = ["on": .string(day)]
        let answer = try await json(
            .POST, "/v1/tasks/\(try segment(task))/planned-visits", body: body.canonicalBytes(), key: idempotencyKey)
        guard let visit = answer["visitId"]?.stringValue else { throw .unexpectedAnswer("a visit without its id") }
        return visit
    }

    /// Says that this partner disagrees about the approach of its task: the desk hears of it, and where its rules say so a meeting is opened (R65).
    /// While that meeting is open, once more changes nothing. Dutch: oneens over de aanpak.
    ///
    /// - Parameter reason: `otherApproach`, `planDoesNotFit`, `concernAboutAnother`, `otherDivision` or `other`.
    public func disagree(about task: String, because reason: String, idempotencyKey: String) async throws(PartnerFault) {
        let body: JSONValue = ["reason": .string(reason)]
        _ = try await json(.POST, "/v1/tasks/\(try segment(task))/disagreements", body: body.canonicalBytes(), key: idempotencyKey)
    }

    /// Answers an invitation: `accepted` or `declined`.
    ///
    /// - Parameter meeting: the meeting's id as the invitation names it; every partner knows it by an id of its own.
    public func answerInvitation(to meeting: String, with answer: String, idempotencyKey: String) async throws(PartnerFault) {
        let body: JSONValue = ["answer": .string(answer)]
        _ = try await json(.POST, "/v1/meetings/\(try segment(meeting))/replies", body: body.canonicalBytes(), key: idempotencyKey)
    }
}
