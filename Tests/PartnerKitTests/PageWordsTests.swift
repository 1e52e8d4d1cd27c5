import Foundation
import JOSE
import PartnerTrust
import StrictJSON
import Testing

@testable import PartnerKit

@Suite("what a partner's own page says")
struct PageWordsTests {
    @Test("a birth date is said as far as it is known, and a time without a nought before it")
    func dates() {
        #expect(PageWords.date("1968") == "1968" && PageWords.date("1968-04") == "april 1968")
        #expect(PageWords.date("1968-04-07") == "7 april 1968" && PageWords.date("unknown") == "onbekend")
        #expect(PageWords.date("1968-13") == "1968-13" && PageWords.date("") == "")
        // 2026-11-23T08:12:00Z, an hour later in the Netherlands.
        #expect(PageWords.moment(1_795_421_520_000) == "23 november 2026, 9.12 uur")
        #expect(PageWords.day(Date(timeIntervalSince1970: 1_795_475_100)) == "2026-11-24", "the day there begins an hour earlier")
    }

    @Test("what is none of the others comes last among the reasons and the outcomes")
    func order() {
        for words in [PageWords.reasons, PageWords.outcomes, PageWords.disagreements] {
            let codes = PageWords.ordered(words, chosen: "other").compactMap { $0["code"] as? String }
            #expect(codes.last == "other" && Set(codes) == Set(words.keys))
            let first = codes.dropLast().compactMap { words[$0] }
            #expect(first == first.sorted())
        }
    }

    @Test("what was filled in stands there again when it was not taken, with what is wrong; a day that is none does not")
    func wrongMove() throws {
        let wait = try #require(PageWords.moves["onHold"])
        #expect(wait.shown("onHold")["wrong"] == nil && wait.shown("onHold")["day"] as? String == "")
        let again = wait.shown("onHold", typed: ["day": "2020-01-01"])
        #expect(again["day"] as? String == "2020-01-01" && again["wrong"] as? String == wait.wrong)
        #expect(wait.shown("onHold", typed: ["day": "\"><u>"])["day"] as? String == "")
        let refuse = try #require(PageWords.moves["rejected"]).shown("rejected", typed: ["reason": "noFit"])
        let reasons = try #require(refuse["reasons"] as? [[String: Any]])
        #expect(reasons.filter { $0["isChosen"] as? Bool == true }.compactMap { $0["code"] as? String } == ["noFit"])
    }

    @Test("the exchange is called by the certificate of its key, and by its number where it has none")
    func sender() throws {
        let partner = try TemporaryPartner()
        func shown() throws -> String? {
            let sealed = try partner.referral()
            let referral = try ReceivedReferral(id: messageID, sealed: sealed, identity: partner.identity(), states: nil, recall: nil)
            return referral.shown["from"] as? String
        }
        #expect(try shown() == cityOIN)
        try partner.certifyCity(as: cityOIN, "Gemeente Teststad")
        #expect(try shown() == "Gemeente Teststad")
        // The name of another organisation is not the exchange's: such a folder is not read at all.
        try partner.certifyCity(as: debtOIN, "Gemeente Teststad")
        #expect(throws: PartnerFault.unusable(file: partner.path("partner.json"), code: "other-exchange")) { try shown() }
    }
}
