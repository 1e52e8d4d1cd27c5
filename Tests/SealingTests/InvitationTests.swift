import Casework
import Crypto
import Disclosure
import Foundation
import JOSE
import Sealing
import StrictJSON
import Testing

@Suite("Sealed invitations")
struct InvitationTests {
    private let scene: SealedScene
    private let partner: SealedPartner

    init() throws {
        scene = try SealedScene()
        partner = try SealedPartner(.p256)
    }

    private func calendar(to attendee: OrganisationNumber? = nil, from organiser: OrganisationNumber? = nil) -> CalendarInvitation {
        CalendarInvitation(
            method: .request, uid: "3f0c9c1e-8f6f-4c55-9d58-0f3a5a3c7e11", sequence: 0,
            start: scene.now.advanced(byMilliseconds: 86_400_000),
            minutes: 60, stamp: scene.now, organiser: organiser ?? scene.city, attendee: attendee ?? scene.debt)
    }

    private func part(_ domains: [LifeDomain], _ calendar: CalendarInvitation?) -> MeetingPart {
        MeetingPart(
            meetingID: MeetingPartyID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0009),
            items: domains.enumerated().map { .init(id: "\($0 + 1)", domain: $1) }, calendar: calendar)
    }

    @Test("it holds what a referral holds, and the meeting: its own items, when, and the same for a calendar")
    func payload() throws {
        let calendar = calendar()
        let message = try scene.message(for: partner, meeting: part([.debts], calendar))
        #expect(message.kind == .invitation)
        let json = try partner.payload(message.compact, from: scene)
        #expect(
            Set(json.objectValue?.names ?? []) == [
                "v", "messageId", "kind", "from", "to", "sentAt", "expiresAt", "purpose", "ground", "covenant", "decisionId", "fields",
                "meeting", "checkpoint",
            ])
        #expect(json.objectValue?["kind"] == "invitation")
        #expect(
            json["meeting"] == [
                "meetingId": "01900000-0000-7000-8000-000000000009", "items": [["id": "1", "title": "schulden"]],
                "at": "2026-11-24T09:00:00.000Z", "ics": .string(calendar.text),
            ])
        #expect(json["fields"]?["identification"]?["birthDate"] == "1968" && json["fields"]?["health"] == nil)
        let opened = try partner.open(message.compact, from: scene).payload
        #expect(opened.kind == .invitation && opened.meeting?.items.map { [$0.id, $0.title] } == [["1", "schulden"]])
        #expect(opened.meeting?.at == calendar.start.millisecondsSince1970 && opened.meeting?.ics == calendar.text)
    }

    @Test("a meeting without a date says no time, and has nothing for a calendar")
    func undated() throws {
        let meeting = try partner.payload(scene.message(for: partner, meeting: part([.debts], nil)).compact, from: scene)["meeting"]
        #expect(meeting?.objectValue?.names.sorted() == ["items", "meetingId"])
    }

    @Test(
        "a life domain that is not granted to this partner is no item of its invitation", arguments: [LifeDomain.health, .income, .housing])
    func foreignItem(_ domain: LifeDomain) throws {
        #expect(throws: SealingError.itemNotPermitted) { try scene.message(for: partner, meeting: part([domain], calendar())) }
        #expect(throws: SealingError.itemNotPermitted) { try scene.message(for: partner, meeting: part([.debts, domain], calendar())) }
    }

    @Test("a calendar entry made for another partner, or by another, is not sealed to this one")
    func foreignCalendar() throws {
        let other = try #require(OrganisationNumber("00000099000000003000"))
        for calendar in [calendar(to: other), calendar(from: other)] {
            #expect(throws: SealingError.wrongRecipient) { try scene.message(for: partner, meeting: part([.debts], calendar)) }
        }
    }

    @Test("the queue seal is that of any message: id, recipient, decision, digest")
    func queueSeal() throws {
        let message = try scene.message(for: partner, meeting: part([.debts], calendar()))
        let sealed =
            message.id.bytes + Array(message.recipient.description.utf8) + (try #require(message.decision)).bytes + message.digest
        #expect(Array(HMAC<SHA256>.authenticationCode(for: sealed, using: scene.sealing.queue)) == message.queueSeal)
        let restored = try SealedMessage(
            restoring: message.compact, id: message.id, kind: .invitation, recipient: message.recipient, decision: message.decision,
            queueSeal: message.queueSeal, under: scene.sealing.queue)
        #expect(restored.kind == .invitation && restored.digest == message.digest)
    }

    @Test("every life domain has a name of its own for people")
    func titles() { #expect(Set(LifeDomain.allCases.map(\.dutchTitle)).count == LifeDomain.allCases.count) }

    @Test("kinds are those that readers know, and the published lists have our kinds and notice codes")
    func kinds() throws {
        #expect(MessageKind.allCases.map(\.rawValue) == MessagePayload.Kind.allCases.map(\.rawValue))
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Vectors/code-lists.json")
        let lists = try parseJSON(Array(Data(contentsOf: file)))
        func list(_ name: String) -> [String] { (lists[name]?.arrayValue ?? []).compactMap(\.stringValue) }
        #expect(list("kinds") == MessageKind.allCases.map(\.rawValue))
        #expect(list("noticeCodes") == Notice.Code.allCases.map(\.rawValue))
    }
}
