import Disclosure
import Exchange
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import StrictJSON
import Testing

@testable import Wire

@Suite("The language of an explanation")
struct AnswerLanguageTests {
    @Test(
        "the language that Accept-Language likes best, and both when it likes neither",
        arguments: [
            ("nl", AnswerLanguage.nl), ("en", .en), ("nl-BE, en;q=0.9", .nl), ("en;q=0.5, nl;q=0.8", .nl), ("de, en-GB;q=0.3", .en),
            ("nl;q=0, en", .en), ("EN", .en), ("de", nil), ("*", nil), ("", nil), ("nl;q=x", nil),
        ])
    func choice(_ header: String, _ language: AnswerLanguage?) {
        #expect(AnswerLanguage([.acceptLanguage: header]) == language)
    }

    private let explanation: JSONValue = ["nl": "Nee.", "en": "No."]

    private func answers(_ header: String?) async throws -> [TestResponse] {
        let route = RouteEntry(.post, "/v1/ask/{how}", at: [.staff], takes: .json)
        let explanation = explanation
        let routes = [
            BoundRoute(entry: route) { request in
                let refusal = DeskRefusal.disclosureRefused(
                    decision: nil, reasons: [.noCovenant], explanation: PlainText(nl: "Nee.", en: "No."))
                switch request["how"] {
                case "answered": return .answer(refusal.answer)
                case "thrown": throw refusal
                default: return .answer(DeskAnswer(status: 200, body: ["explanation": explanation, "outcome": "refused"]))
                }
            }
        ]
        return try await testApplication(routes).test(.router) { client in
            var headers: HTTPFields = [.contentType: "application/json"]
            if let header { headers[.acceptLanguage] = header }
            var found: [TestResponse] = []
            for how in ["decision", "answered", "thrown"] {
                found.append(
                    try await client.execute(uri: "/v1/ask/\(how)", method: .post, headers: headers, body: ByteBuffer(string: "{}")))
            }
            return found
        }
    }

    @Test("decisions and refusals are explained in the language that was asked for, and say which it is")
    func chosen() async throws {
        for (header, language, text) in [("nl", "nl", "Nee."), ("en-GB", "en", "No.")] {
            let found = try await answers(header)
            for answer in found {
                #expect(answer.json["explanation"] == [language: .string(text)])
                #expect(answer.headers[.contentLanguage] == language)
            }
            #expect(found[0].json["detail"] == nil && found[1].json["detail"] == .string(text) && found[2].json["detail"] == .string(text))
        }
    }

    @Test("who names no language of ours gets both")
    func both() async throws {
        for header in [nil, "fr"] {
            for answer in try await answers(header) {
                #expect(answer.json["explanation"] == explanation && answer.headers[.contentLanguage] == nil)
            }
        }
    }
}
