import AsyncHTTPClient
import Foundation
import JOSE
import NIOCore
import StrictJSON
import Testing

@testable import PartnerKit

@Suite("what a partner's own page shows of what came")
struct PageShowsTests {
    private let task = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072"
    private let later = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6091"
    private let last = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6092"

    private func shown(
        _ sealed: [UInt8], of partner: TemporaryPartner, id: String = messageID, states: [String: ExchangeClient.TaskStanding]? = nil,
        recall: ReceivedReferral.Recall? = nil, told: [ReceivedReferral.Told] = []
    ) throws -> ReceivedReferral {
        try ReceivedReferral(id: id, sealed: sealed, identity: partner.identity(), states: states, recall: recall, told: told)
    }

    private func page(_ referral: ReceivedReferral) -> String { PageWords.template.render(["one": referral.shownWhole()]) }

    @Test("a meeting that was moved and then cancelled: the first invitations are replaced, the last says that it does not take place")
    func meeting() throws {
        let partner = try TemporaryPartner()
        let first = try shown(try partner.invitation(messageID, at: "2026-12-01T09:00:00.000Z"), of: partner)
        let moved = try shown(
            try partner.invitation(later, at: "2026-12-03T09:00:00.000Z", replaces: messageID), of: partner, id: later)
        let cancelled = try shown(
            try partner.invitation(last, at: "2026-12-03T09:00:00.000Z", method: "CANCEL", replaces: later), of: partner, id: last)

        let two = ReceivedReferral.linked([moved, first])
        #expect(two.map { $0.shown["state"] as? String } == ["", "vervangen"])
        #expect(two[0].shown["more"] as? [String] == ["bijeenkomst op 3 december 2026, 10.00 uur"])
        #expect(two[0].answerableMeeting == "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6074" && two[1].answerableMeeting == nil)
        #expect(page(two[0]).contains("value=\"declined\"") && page(two[0]).contains("<dt>punt 2</dt><dd>wonen</dd>"))
        #expect(page(two[1]).contains("href=\"/m/\(later)\"") && !page(two[1]).contains("1 december"))

        let three = ReceivedReferral.linked([cancelled, moved, first])
        #expect(three.map { $0.shown["state"] as? String } == ["afgezegd", "vervangen", "vervangen"])
        #expect(three.allSatisfy { $0.answerableMeeting == nil })
        #expect(page(three[0]).contains("Deze bijeenkomst gaat niet door.") && !page(three[0]).contains("value=\"declined\""))
    }

    @Test(
        "what was replaced does not count again when the newer one is damaged, or is gone: lost, or recalled alone",
        arguments: [40, nil] as [Int?])
    func replaced(_ length: Int?) async throws {
        let partner = try TemporaryPartner()
        do {
            let reader = try Reader(partner, sealed: true)
            let first = try partner.invitation(messageID, at: "2026-12-01T09:00:00.000Z")
            let second = try partner.invitation(later, at: "2026-12-03T09:00:00.000Z", replaces: messageID)
            _ = try await reader.inbox.receive(first, listedAs: messageID)
            _ = try await reader.inbox.receive(second, listedAs: later)
        }
        let file = partner.path("sealed/\(later).jwe")
        #expect((length.map { truncate(file, $0) } ?? unlink(file)) == 0)
        let reader = try Reader(partner, sealed: true)
        let here = reader.taking.here
        let referrals = try here.ids().map { try shown(here.bytes($0) ?? [], of: partner, id: $0) }
        let first = try #require(ReceivedReferral.linked(referrals, replaced: here.replaced.newer()).first { $0.id == messageID })
        #expect(first.shown["state"] as? String == "vervangen" && !first.isOpen && first.answerableMeeting == nil)
        let whole = page(first)
        #expect(whole.contains("Dit bericht is vervangen.") && !whole.contains("1 december"))
        #expect(whole.contains("href=\"/m/\(later)\"") == (length != nil))
        #expect(whole.contains("Wat ervoor in de plaats kwam, staat hier niet meer.") == (length == nil))
    }

    @Test(
        "what was replaced stays so in a later run when the newer one is recalled alone, also where an earlier version noted nothing",
        arguments: [true, false], [true, false])
    func recalledAlone(onPage: Bool, noted: Bool) async throws {
        let partner = try TemporaryPartner()
        do {
            let reader = try Reader(partner, sealed: onPage)
            for (id, older) in [(messageID, nil), (later, messageID)] as [(String, String?)] {
                let sealed = try partner.invitation(id, at: "2026-12-01T09:00:00.000Z", replaces: older)
                _ = try await reader.inbox.receive(sealed, listedAs: id)
            }
        }
        if !noted { try FileManager.default.removeItem(atPath: partner.path("replaced")) }
        do {
            let reader = try Reader(partner, sealed: onPage)
            let recall = try partner.notice("recalled", id: last, about: [later])
            if onPage {
                await #expect(throws: PartnerFault.awaitsAnswer) { try await reader.inbox.receive(recall, listedAs: last) }
                try reader.taking.recalls.give(.init(answer: .stopped, article: nil), to: last)
                try await withUnreachable(partner) { client in _ = await reader.taking.turn(inbox: reader.inbox, client: client) }
            } else {
                _ = try await reader.inbox.receive(recall, listedAs: last)
            }
        }
        let here = try Reader(partner, sealed: true).taking.here
        #expect(here.ids() == [messageID])
        let alone = try shown(try #require(here.bytes(messageID)), of: partner)
        let first = try #require(ReceivedReferral.linked([alone], replaced: here.replaced.newer()).first)
        #expect(first.shown["state"] as? String == "vervangen" && !first.isOpen && first.answerableMeeting == nil)
        #expect(page(first).contains("Wat ervoor in de plaats kwam, staat hier niet meer.") && !page(first).contains("1 december"))
    }

    @Test("of messages that took each other's place the first that is still here is the one to read")
    func replacedTwice() throws {
        let partner = try TemporaryPartner()
        let first = try shown(try partner.invitation(messageID, at: "2026-12-01T09:00:00.000Z"), of: partner)
        let third = try shown(try partner.invitation(last, at: "2026-12-04T09:00:00.000Z", replaces: later), of: partner, id: last)
        let linked = ReceivedReferral.linked([third, first], replaced: [messageID: later])
        #expect(linked.map(\.replacedBy) == [nil, last] && page(linked[1]).contains("href=\"/m/\(last)\""))
    }

    @Test(
        "every notice stands beside the message that it is about, in the list as well",
        arguments: [
            ("taskStaysOpen", "herinnering"), ("taskStaysOpenToMandate", "herinnering"), ("taskChanged", "er is iets veranderd"),
            ("covenantEnded", "het convenant is gestopt"), ("correctionPending", "wordt nagekeken"), ("meetingCancelled", "gaat niet door"),
            ("somethingNew", "bericht"),
        ])
    func notices(_ code: String, _ inList: String) async throws {
        let partner = try TemporaryPartner()
        let reader = try Reader(partner, sealed: true)
        let sealed = try partner.referral()
        _ = try await reader.inbox.receive(sealed, listedAs: messageID)
        _ = try await reader.inbox.receive(try partner.notice(code, id: later), listedAs: later)
        let notices = RecallNotices(reader)
        #expect(notices.recall(of: messageID) == nil)
        let standing = ExchangeClient.TaskStanding(taskId: task, state: "accepted", dueAt: nil, dueKind: nil, visitOn: nil)
        let referral = try shown(sealed, of: partner, states: [task: standing], told: notices.told(of: messageID))
        #expect(referral.shown["more"] as? [String] == [inList])
        let text = PageWords.told(code).whole
        #expect(page(referral).contains("<strong>\(text)</strong> <span class=\"soft\">21 november 2026, 12.59 uur</span>"))
        // Without a notice the page does not say it.
        let untold = try shown(sealed, of: partner, states: [task: standing])
        #expect(!page(untold).contains(text))
    }

    @Test("what is asked of a task, and by when, stands there; of one that is under way nothing is asked")
    func due() throws {
        let partner = try TemporaryPartner()
        func referral(_ state: String, _ kind: String) throws -> ReceivedReferral {
            let standing = ExchangeClient.TaskStanding(taskId: task, state: state, dueAt: noon, dueKind: kind, visitOn: "2026-12-03")
            return try shown(partner.referral(), of: partner, states: [task: standing])
        }
        let received = try referral("received", "pickUp")
        #expect(received.shown["more"] as? [String] == ["antwoord gevraagd vóór 21 november 2026, 13.00 uur"])
        #expect(page(received).contains(", antwoord gevraagd vóór 21 november 2026, 13.00 uur</p>"))
        #expect(page(received).contains("Uw volgende huisbezoek hiervoor is op 3 december 2026."))
        #expect(try referral("requested", "delivery").shown["more"] as? [String] == [])
    }

    @Test("a concern about somebody of whom nothing was observed is shown beside what was observed of another")
    func concerns() throws {
        let partner = try TemporaryPartner()
        let whole = page(
            try shown(
                try partner.referral {
                    $0["fields"] = [
                        "identification": ["birthDate": "1968"], "others": [["ref": "b", "identification": ["birthDate": "2010"]]],
                        "domains": [
                            "debts": [
                                "concern": [["about": ["a"], "value": true], ["about": ["b"], "value": true]],
                                "observation": [["about": ["a"], "value": "Opent de post niet."]],
                            ]
                        ],
                    ]
                }, of: partner))
        #expect(whole.contains("<dt>over a</dt><dd>Opent de post niet.</dd>") && whole.contains("<dt>over b</dt><dd>er zijn zorgen</dd>"))
        #expect(whole.components(separatedBy: "er zijn zorgen").count == 2)
        // Of one person there is no letter to name.
        let one = page(try shown(try partner.referral(), of: partner))
        #expect(one.contains("<dt>zorg</dt><dd>er zijn zorgen</dd>"))
    }

    @Test("people answer a recall of what is here with what they do about it, and read afterwards what they answered")
    func recall() throws {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral()
        let waits = page(try shown(sealed, of: partner, recall: ReceivedReferral.Recall(notice: later, isWaiting: true, at: noon)))
        #expect(waits.contains("value=\"stopped\"") && waits.contains("value=\"keptUnderOwnDuty\"") && !waits.contains("notFound"))
        #expect(waits.contains("Het bericht wordt hier gewist"))
        let given = Recalls.Given(answer: .keptUnderOwnDuty, article: "Wgbo 7:454")
        let recall = ReceivedReferral.Recall(notice: later, isWaiting: false, at: noon, given: given)
        let answered = page(try shown(sealed, of: partner, recall: recall))
        #expect(answered.contains("U hebt geantwoord dat u iets moet bewaren, volgens Wgbo 7:454.") && !answered.contains("<form"))
    }

    @Test("a form that is sent twice is one step; another form, or another choice in it, is another")
    func step() throws {
        let form = ["key": "k", "once": String(repeating: "0a", count: 16), "to": "rejected", "reason": "noFit"]
        let step = try #require(PartnerPage.step(form))
        #expect(step.count == 32 && PartnerPage.step(form) == step)
        #expect(PartnerPage.step(form.merging(["reason": "other"]) { $1 }) != step)
        #expect(PartnerPage.step(form.merging(["once": String(repeating: "0b", count: 16)]) { $1 }) != step)
        #expect(PartnerPage.step(["to": "rejected"]) == nil && PartnerPage.step(["once": "0a"]) == nil)
        let whole = PageWords.template.render(["one": ["isAnswerable": true, "once": "0a", "id": messageID] as [String: Any]])
        #expect(whole.contains("name=\"once\" value=\"0a\""))
    }

    @Test("what was sent and not answered is not said to be undone")
    func unanswered() {
        #expect(PageWords.why(.unanswered("readTimeout")) == "unsure" && PageWords.why(.unexpectedAnswer("not a json object")) == "unsure")
        #expect(PageWords.why(.unreachable("connectTimeout")) == "unreachable")
        #expect(PageWords.why(.answered(status: 409, code: "illegal-transition", retryAfter: nil)) == "notNow")
        #expect(PageWords.why(.answered(status: 410, code: "ended", retryAfter: nil)) == "over")
        // A connection that broke after it was made, and one that never was.
        for code in [ECONNRESET, EPIPE, ETIMEDOUT] {
            #expect(ExchangeClient.mayHaveBeenAsked(IOError(errnoCode: code, reason: "read")))
        }
        #expect(ExchangeClient.mayHaveBeenAsked(HTTPClientError.readTimeout))
        #expect(!ExchangeClient.mayHaveBeenAsked(IOError(errnoCode: ECONNREFUSED, reason: "connect")))
        #expect(!ExchangeClient.mayHaveBeenAsked(HTTPClientError.connectTimeout))
        for code in ["unsure", "unreachable", "notNow", "over", "refused"] {
            #expect(PageWords.said[code] != nil && PageWords.failed.contains(code))
        }
    }

    private func result(_ outcome: InboxResult.Outcome) -> InboxResult {
        InboxResult(messageId: messageID, kind: "referral", fields: [], taskId: nil, outcome: outcome, items: nil, notice: nil, state: nil)
    }

    @Test("the page says since when nothing comes in, and what does not, until it does")
    func alarms() {
        let turn = LastTurn()
        #expect(turn.alarms.isEmpty)
        turn.failed(.unreachable("connectTimeout"), at: noon)
        turn.failed(.unreachable("connectTimeout"), at: noon + day)
        #expect(turn.alarms == [PageWords.nothingArrives(.unreachable(""), since: noon)])
        #expect(turn.alarms[0].hasPrefix("De gemeente is sinds 21 november 2026, 13.00 uur niet bereikbaar."))
        turn.took([result(.opened), result(.failed(.notStored(file: "sealed"))), result(.failed(.sealedToOtherKey))])
        #expect(turn.alarms.count == 2 && turn.alarms[0].contains("Is de schijf vol?") && turn.alarms[1].hasPrefix("1 bericht kan nu niet"))
        turn.took([result(.opened), result(.waiting)])
        #expect(turn.alarms.isEmpty)
    }

    @Test("a line about what waits or fails comes once, with what to do, and again when that changes")
    func lines() {
        var lines = TurnLines()
        let outcomes: [InboxResult.Outcome] = [
            .waiting, .waiting, .failed(.sealedToOtherKey), .failed(.sealedToOtherKey), .failed(.notTaken), .repeated, .repeated,
            .failed(.notTaken),
        ]
        var said: [[String]] = []
        for outcome in outcomes { said.append(lines.lines([result(outcome)])) }
        #expect(said.map(\.count) == [1, 0, 2, 0, 2, 1, 1, 2])
        #expect(said[2][0].hasSuffix("failed:sealed-to-other-key") && said[2][1].contains("hint:"))
    }

    @Test("R65 whose task is open can say that it disagrees, for a reason of the list; whose task is done cannot")
    func disagreement() throws {
        let partner = try TemporaryPartner()
        func text(_ state: String) throws -> String {
            let standing = ExchangeClient.TaskStanding(taskId: task, state: state, dueAt: nil, dueKind: nil, visitOn: nil)
            return page(try shown(try partner.referral(), of: partner, states: [task: standing]))
        }
        let open = try text("accepted")
        #expect(open.contains("action=\"/d/\(messageID)\"") && open.contains("<option value=\"planDoesNotFit\">"))
        #expect(try !text("completed").contains("action=\"/d/"))
    }
}
