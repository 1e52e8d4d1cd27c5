import Testing

@testable import Exchange

@Suite("One-time codes")
struct OneTimeCodeTests {
    private let secret = Array("12345678901234567890".utf8)

    @Test(
        "are those of RFC 6238, appendix B",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func vectors(seconds: Int64, code: String) {
        let step = OneTimeCode.step(at: .init(millisecondsSince1970: seconds * 1000))
        #expect(OneTimeCode.code(secret: secret, step: step, digits: 8) == code)
    }

    @Test("of six digits are those of RFC 4226, appendix D")
    func counters() {
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
        #expect((0..<10).map { OneTimeCode.code(secret: secret, step: $0) } == codes)
    }

    @Test("hold for their own step of 30 seconds and one on either side, and only after those that are spent")
    func window() {
        func matching(_ step: Int64, after used: Int64 = -1) -> Int64? {
            let code = OneTimeCode.code(secret: secret, step: step)
            return OneTimeCode.matching(code, secret: secret, at: .init(millisecondsSince1970: 100 * 30_000 + 29_999), after: used)
        }
        #expect((97...103).map { matching($0) } == [nil, nil, 99, 100, 101, nil, nil])
        #expect((97...103).map { matching($0, after: 100) } == [nil, nil, nil, nil, 101, nil, nil])
        #expect(OneTimeCode.matching("", secret: secret, at: .init(millisecondsSince1970: 0), after: -1) == nil)
    }

    @Test("have a secret that apps can read: base 32 of RFC 4648, section 10, without padding")
    func encoding() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
        #expect(texts.map { base32(Array($0.utf8)) } == ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"])
        #expect(
            OneTimeCode.uri(secret: secret, account: "desk-1", issuer: "Gemeente 's-Hertogenbosch & co")
                == "otpauth://totp/Gemeente%20%27s-Hertogenbosch%20%26%20co:desk-1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Gemeente%20%27s-Hertogenbosch%20%26%20co&algorithm=SHA1&digits=6&period=30")
    }
}
