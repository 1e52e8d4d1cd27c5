import HTTPTypes
import Testing

@testable import Wire

@Suite("media types")
struct MediaTypesTests {
    @Test(
        "Accept lets us send JSON, or not",
        arguments: [
            (nil, true), ("*/*", true), ("application/json", true), ("application/*;q=0.1", true),
            ("text/html, application/json;q=0.9", true),
            ("APPLICATION/JSON", true), ("text/html", false), ("application/json;q=0", false), ("application/json;q=0, */*", false),
            ("application/*;q=0, application/json", true), ("application/jose", false), ("", false),
        ] as [(String?, Bool)])
    func accept(value: String?, expected: Bool) {
        var headers = HTTPFields()
        headers[.accept] = value
        #expect(accepts(.json, headers) == expected)
    }

    @Test(
        "Content-Type is the one we want, or not",
        arguments: [
            (nil, false), ("application/json", true), ("Application/JSON ; charset=UTF-8", true),
            ("application/json;charset=latin1", false),
            ("text/json", false), ("application/jose", false), ("application/json-patch+json", false),
        ] as [(String?, Bool)])
    func contentType(value: String?, expected: Bool) {
        var headers = HTTPFields()
        headers[.contentType] = value
        #expect(isOf(.json, headers) == expected)
    }

    @Test("a coded body is not taken")
    func coded() {
        #expect(!isOf(.json, [.contentType: "application/json", .contentEncoding: "gzip"]))
        #expect(isOf(.json, [.contentType: "application/json", .contentEncoding: "identity"]))
    }
}
