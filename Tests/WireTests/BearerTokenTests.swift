import Exchange
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Wire

@Suite("the session's token")
struct BearerTokenTests {
    private func token(_ values: [String]) -> String? {
        var headers = HTTPFields()
        headers[values: .authorization] = values
        let head = HTTPRequest(method: .get, scheme: "https", authority: "x", path: "/", headerFields: headers)
        return try? bearerToken(Request(head: head, body: .init(buffer: ByteBuffer())))
    }

    @Test("is read from Authorization: Bearer, in whatever case")
    func reads() {
        #expect(token(["Bearer abc-._~+/="]) == "abc-._~+/=")
        #expect(token(["bearer abc"]) == "abc")
    }

    @Test(
        "is refused in any other form",
        arguments: [
            [], ["Basic abc"], ["Bearer"], ["Bearer "], ["Bearer a b"], ["Bearer a", "Bearer b"],
            ["Bearer " + String(repeating: "a", count: 201)],
        ])
    func refuses(values: [String]) { #expect(token(values) == nil) }
}
