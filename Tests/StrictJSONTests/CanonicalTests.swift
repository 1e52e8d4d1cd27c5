import Testing

@testable import StrictJSON

@Suite("Canonical JSON")
struct CanonicalTests {
    /// RFC 8785, appendix B, and the edge cases of ECMA-262.
    @Test(
        "a double is written as RFC 8785, appendix B, lists it",
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"), (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"), (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"), (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"), (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func numbers(bits: UInt64, text: String) {
        #expect(JSONValue.number(Double(bitPattern: bits)).canonicalText == text)
    }

    @Test("the example of RFC 8785, section 3.2.2, comes out byte for byte")
    func rfcExample() throws {
        let text = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50,
                          2e-3, 0.000000000000000000000000001],
              "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
              "literals": [null, true, false]
            }
            """
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(try parseJSON(text).canonicalText == expected)
    }

    @Test("names are sorted as in RFC 8785, section 3.2.3: by UTF-16 code units, not by characters")
    func sorting() throws {
        let text = #"""
            {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
            """#
        let sorted = try parseJSON(text).objectValue?.sortedMembers.map { $0.value.stringValue ?? "" }
        #expect(
            sorted == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face",
                "Hebrew Letter Dalet With Dagesh",
            ])
    }

    @Test("the order told from UTF-8 is the order of UTF-16 code units")
    func orderAgainstUTF16() {
        let texts = [
            "", "a", "ab", "b", "\u{7F}", "\u{80}", "é", "e\u{301}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}",
            "a\u{E000}", "a\u{10000}",
        ]
        for a in texts {
            for b in texts {
                #expect(precedesInUTF16(a, b) == Array(a.utf16).lexicographicallyPrecedes(Array(b.utf16)))
            }
        }
    }

    @Test("an integer beyond 2^53 is written as the nearest double, as RFC 8785 demands")
    func bigIntegers() {
        #expect(JSONValue.integer(9_007_199_254_740_993).canonicalText == "9007199254740992")
        #expect(JSONValue.integer(.max).canonicalText == "9223372036854776000")
        #expect(JSONValue.integer(-9_007_199_254_740_991).canonicalText == "-9007199254740991")
    }

    @Test("only quotation marks, backslashes and control characters are escaped")
    func escapes() {
        let text = String(decoding: (0...0x7F as ClosedRange<UInt8>).map { $0 }, as: UTF8.self) + "\u{2028}é😀"
        let expected =
            #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016"#
            + ##"\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"##
            + "abcdefghijklmnopqrstuvwxyz{|}~\u{7F}\u{2028}é😀\""
        #expect(JSONValue.string(text).canonicalText == expected)
    }

    @Test("any value survives writing and reading, and its canonical form is a fixed point")
    func roundTrip() throws {
        var generator = SeededGenerator(state: 20_261_121)
        for _ in 0..<1000 {
            let value = randomValue(depth: 3, &generator)
            let bytes = value.canonicalBytes()
            let again = try parseJSON(bytes)
            #expect(again == value)
            #expect(again.canonicalBytes() == bytes)
            #expect(again.hashValue == value.hashValue)
        }
    }

    @Test("any double survives writing and reading")
    func doubles() throws {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<5000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            #expect(try parseJSON(JSONValue.number(number).canonicalText).numberValue == number)
        }
    }
}

/// SplitMix64: the same values in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

private func randomText(_ generator: inout SeededGenerator) -> String {
    let pool: [ClosedRange<UInt32>] = [
        0...0x1F, 0x20...0x7E, 0x20...0x7E, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...24, using: &generator) {
        let range = pool[Int.random(in: 0..<pool.count, using: &generator)]
        if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { text.unicodeScalars.append(scalar) }
    }
    return text
}

private func randomValue(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0...(depth > 0 ? 8 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .integer(Int64.random(in: -(1 << 53)...(1 << 53), using: &generator))
    case 3: return .number(Double.random(in: -1...1, using: &generator))
    case 4, 5: return .string(randomText(&generator))
    case 6, 7:
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...5, using: &generator) {
            object[randomText(&generator)] = randomValue(depth: depth - 1, &generator)
        }
        return .object(object)
    default: return .array((0..<Int.random(in: 0...5, using: &generator)).map { _ in randomValue(depth: depth - 1, &generator) })
    }
}
