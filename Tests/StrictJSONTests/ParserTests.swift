import StrictJSON
import Testing

@Suite("Reading JSON")
struct ParserTests {
    private func faults(_ text: String) -> [JSONFault] { faults(Array(text.utf8)) }

    private func faults(_ bytes: [UInt8]) -> [JSONFault] {
        do throws(JSONFaults) {
            _ = try parseJSON(bytes)
            return []
        } catch {
            return error.faults
        }
    }

    @Test("what RFC 8259 allows is read", arguments: acceptedVectors)
    func accepted(vector: GrammarVector) {
        #expect(vector.isRead)
        #expect(faults(vector.bytes).isEmpty)
    }

    @Test("what RFC 8259 or we refuse is refused", arguments: refusedVectors)
    func refused(vector: GrammarVector) {
        #expect(!vector.isRead)
        #expect(!faults(vector.bytes).isEmpty)
    }

    @Test("no prefix of a text is taken for the whole of it")
    func prefixes() {
        let bytes = Array(#"{"a":[1,-2.5e3,true,null,{"é😀":"\ud83d\ude00\n"}],"b":"x"}"#.utf8)
        #expect(faults(bytes).isEmpty)
        for length in 0..<bytes.count { #expect(!faults(Array(bytes[..<length])).isEmpty, "a prefix of \(length) bytes was read") }
    }

    @Test("values are what was written")
    func values() throws {
        let text = #" { "s" : "a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00" , "l" : [ 1 , -1.5 , true , false , null ] , "o" : { } } "#
        let expected: JSONValue = [
            "s": "a\"\\/\u{8}\u{C}\n\r\té😀", "l": [1, .number(-1.5), true, false, nil], "o": [:],
        ]
        #expect(try parseJSON(text) == expected)
    }

    @Test(
        "a whole number is an integer as far as 64 bits reach, however it is written",
        arguments: [
            ("0", 0), ("-0", 0), ("-0.0", 0), ("1.0", 1), ("1e2", 100), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", Int64.min), ("1000000000000000000000e-3", 1_000_000_000_000_000_000),
        ] as [(String, Int64)])
    func integers(text: String, value: Int64) throws {
        #expect(try parseJSON(text) == .integer(value))
    }

    @Test("a whole number beyond 64 bits is a double")
    func beyondInt64() throws {
        #expect(try parseJSON("9223372036854775808") == .number(9_223_372_036_854_775_808))
        // The nearest double of this one is -2^63, which fits again.
        #expect(try parseJSON("-9223372036854775809") == .integer(.min))
        #expect(try parseJSON("1\(String(repeating: "0", count: 300))") == .number(1e300))
        #expect(try parseJSON("0.\(String(repeating: "0", count: 20_000))1e20001") == .integer(1))
    }

    @Test(
        "each fault has its code, its pointer and its byte",
        arguments: [
            ("[1,]", .invalidJSON, "/1", 3), (#"{"a":{"b":1,"c":2,"b":3}}"#, .duplicateMember, "/a/b", 18),
            (#"{"a~/":["\ud800"]}"#, .unpairedSurrogate, "/a~0~1/0", 9), ("[1e999]", .numberOutOfRange, "/0", 1),
            (String(repeating: "[", count: 33), .tooDeep, String(repeating: "/0", count: 32), 32), ("\u{FEFF}1", .byteOrderMark, "", 0),
        ] as [(String, JSONFault.Code, String, Int)])
    func codes(text: String, code: JSONFault.Code, pointer: String, offset: Int) {
        let found = faults(text)
        #expect(found.count == 1)
        #expect(found.first?.code == code)
        #expect(found.first?.pointer == pointer)
        #expect(found.first?.offset == offset)
    }

    @Test("invalid UTF-8 is named at its first wrong byte")
    func invalidUTF8() {
        let found = faults(Array(#"{"a":"é"#.utf8) + [0xE2, 0x82] + Array(#"","b":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
        #expect(found.map(\.code) == [.invalidUTF8, .invalidUTF8])
        #expect(found.map(\.pointer) == ["/a", "/b"])
        #expect(found.map(\.offset) == [8, 17])
    }

    @Test("thirty-two levels are read and thirty-three are not, of arrays and of objects")
    func depth() {
        let arrays = { (n: Int) in String(repeating: "[", count: n) + String(repeating: "]", count: n) }
        let objects = { (n: Int) in String(repeating: #"{"a":"#, count: n) + "1" + String(repeating: "}", count: n) }
        #expect(faults(arrays(32)).isEmpty)
        #expect(faults(arrays(33)).map(\.code) == [.tooDeep])
        #expect(faults(objects(32)).isEmpty)
        #expect(faults(objects(33)).map(\.code) == [.tooDeep])
        #expect(faults("[" + String(repeating: "[],", count: 100) + "[]]").isEmpty)
    }

    @Test("every duplicate is listed, beside the other faults")
    func allFaults() {
        let found = faults(#"{"a":1,"a":2,"b":{"c":"\udc00","c":1e999},"a":3,"\u0062":0,"d":[1,{"x":0,"x":0}]}"#)
        #expect(
            found.map { "\($0.code.rawValue) \($0.pointer)" } == [
                "duplicate-member /a", "unpaired-surrogate /b/c", "duplicate-member /b/c", "number-out-of-range /b/c",
                "duplicate-member /a", "duplicate-member /b", "duplicate-member /d/1/x",
            ])
    }

    @Test("a duplicate is found among many members, and reading them takes no square of their number")
    func manyMembers() throws {
        let members = (0..<20_000).map { #""name-\#($0)":\#($0)"# }
        let text = "{" + members.joined(separator: ",") + "}"
        var read: JSONValue?
        let time = try ContinuousClock().measure { read = try parseJSON(text) }
        #expect(read?.objectValue?.count == 20_000)
        #expect(time < .seconds(5))
        #expect(faults("{" + (members + [#""name-7":0"#]).joined(separator: ",") + "}").map(\.pointer) == ["/name-7"])
        #expect(faults("{" + (members[..<30] + [#""name-29":0"#]).joined(separator: ",") + "}").map(\.pointer) == ["/name-29"])
    }

    @Test("a text of faults alone is not answered without end")
    func faultLimit() {
        let found = faults("[" + Array(repeating: "1e999", count: 50_000).joined(separator: ",") + "]")
        #expect(found.count == jsonFaultLimit + 1)
        #expect(found.last?.code == .tooManyFaults)
    }

    @Test("a fault shows no value and no long name of the text")
    func noContent() {
        let name = String(repeating: "n", count: 5000)
        for fault in faults(#"{"\#(name)":"secret\ud800","x":"secret\q"}"#) {
            #expect(!fault.detail.contains("secret"))
            #expect(fault.pointer.count < 110)
        }
    }
}

@Suite("JSON values")
struct ValueTests {
    @Test("texts that only look equal are not")
    func normalForms() {
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
        let object: JSONObject = ["\u{E9}": 1, "e\u{301}": 2]
        #expect(object.count == 2)
        #expect(object["e\u{301}"] == 2)
    }

    @Test("the order of members does not matter for equality and hash")
    func order() {
        let (a, b): (JSONValue, JSONValue) = (["x": 1, "y": ["p": 1, "q": 2]], ["y": ["q": 2, "p": 1], "x": 1])
        #expect(a == b)
        #expect(a.hashValue == b.hashValue)
        #expect(a != ["x": 1, "y": ["p": 1, "q": 3]])
        #expect(a != ["x": 1])
    }

    @Test("setting a member replaces, appends or removes it")
    func setting() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = 4
        object["b"] = nil
        #expect(object.names == ["a", "c"])
        #expect(object["a"] == 3)
        #expect(object["b"] == nil)
    }
}
