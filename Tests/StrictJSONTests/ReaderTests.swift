import StrictJSON
import Testing

private typealias WrongValue = (JSONValue, String, @Sendable (JSONReader) -> Void)

private enum Channel: String, CaseIterable { case meldcode, email }

private let wrongValues: [WrongValue] = [
    ([1], "wrong-type", { @Sendable reader in _ = reader.object([]) }),
    (nil, "null-not-allowed", { @Sendable reader in _ = reader.string() }),
    ("", "empty", { @Sendable reader in _ = reader.string() }),
    ("abcd", "too-long", { @Sendable reader in _ = reader.string(maxLength: 3) }),
    ("a\u{0}b", "nul-character", { @Sendable reader in _ = reader.string() }),
    (true, "wrong-type", { @Sendable reader in _ = reader.integer() }),
    (.number(1.5), "wrong-type", { @Sendable reader in _ = reader.integer() }),
    (.number(1e30), "out-of-range", { @Sendable reader in _ = reader.integer() }),
    (4, "out-of-range", { @Sendable reader in _ = reader.integer(in: 1...3) }),
    (0, "wrong-type", { @Sendable reader in _ = reader.bool() }),
    ([:], "wrong-type", { @Sendable reader in _ = reader.array(max: 1) }),
    ([1, 2], "too-many-items", { @Sendable reader in _ = reader.array(max: 1) }),
    ([1, 2], "too-many-items", { @Sendable reader in _ = reader.strings(max: 1) }),
    ("fax", "not-in-list", { @Sendable reader in _ = reader.oneOf(Channel.self) }),
    (1, "wrong-type", { @Sendable reader in _ = reader.oneOf(Channel.self) }),
]

@Suite("Reading input into values")
struct ReaderTests {
    private func read(_ value: JSONValue, _ body: (JSONReader) -> Void) -> [String] {
        let faults = InputFaults()
        body(JSONReader(value, at: "/in", into: faults))
        return faults.all.map { "\($0.code) \($0.pointer)" }
    }

    @Test("a good input is read without a fault")
    func good() {
        let found = read(["n": 3, "s": "x", "b": true, "l": ["p", "q"], "c": "email", "items": [1, 2]]) { reader in
            let object = reader.object(["n", "s", "b", "l", "c"], required: ["items"])
            #expect(object?["n"]?.integer(in: 1...3) == 3)
            #expect(object?["s"]?.string() == "x")
            #expect(object?["b"]?.bool() == true)
            #expect(object?["l"]?.strings(max: 2) == ["p", "q"])
            #expect(object?["c"]?.oneOf(Channel.self) == .email)
            #expect(object?["items"]?.array(max: 2)?.map(\.pointer) == ["/in/items/0", "/in/items/1"])
            #expect(object?["absent"] == nil)
        }
        #expect(found == [])
    }

    @Test("all faults of an object are listed at once")
    func everything() {
        let found = read(["a": 1, "b": nil, "z/z": 0, "c": ["", "ok", 5]]) { reader in
            let object = reader.object(["a", "b", "c"], required: ["d"])
            #expect(object?["a"]?.string() == nil)
            #expect(object?["b"] == nil)
            #expect(object?["c"]?.strings(max: 3) == nil)
            object?.fault("own", "a fault of the whole")
        }
        #expect(
            found == [
                "null-not-allowed /in/b", "unknown-member /in/z~1z", "missing-member /in/d", "wrong-type /in/a", "empty /in/c/0",
                "wrong-type /in/c/2", "own /in",
            ])
    }

    @Test("a required member that is null is reported once")
    func nullRequired() {
        #expect(read(["a": nil]) { _ = $0.object([], required: ["a"]) } == ["null-not-allowed /in/a"])
    }

    @Test("a reader of messages lets unknown members pass, even null ones")
    func ignoring() {
        #expect(read(["a": 1, "new": nil]) { _ = $0.object(["a"], ignoringUnknown: true) } == [])
    }

    @Test(
        "each wrong value has its code",
        arguments: wrongValues)
    func codes(value: JSONValue, code: String, reading: @Sendable (JSONReader) -> Void) {
        #expect(read(value, reading) == ["\(code) /in"])
    }
    @Test("length counts characters, not bytes")
    func length() {
        let faults = InputFaults()
        #expect(JSONReader("éé", into: faults).string(maxLength: 2) == "éé")
        #expect(JSONReader("", into: faults).string(allowEmpty: true) == "")
        #expect(faults.isEmpty)
    }

    @Test("the hint lists what is allowed, and nothing repeats the input")
    func hints() {
        let faults = InputFaults()
        let reader = JSONReader(["channel": "secret", "hidden": 1], into: faults)
        _ = reader.object(["channel"])?["channel"]?.oneOf(Channel.self)
        #expect(faults.all.map(\.hint) == ["allowed are: channel", "allowed are: meldcode, email"])
        #expect(!faults.all.contains { $0.detail.contains("secret") || $0.detail.contains("hidden") })
    }

    @Test("what the parser found becomes input faults")
    func fromParser() {
        do throws(JSONFaults) {
            _ = try parseJSON(#"{"a":1,"a":2}"#)
            Issue.record("a duplicate was read")
        } catch {
            let faults = InputFaults(error)
            #expect(!faults.isEmpty)
            #expect(faults.all.map(\.code) == ["duplicate-member"])
        }
    }

    @Test("more faults than anybody reads are counted, not kept")
    func limit() {
        let faults = InputFaults()
        for _ in 0..<(InputFaults.limit + 5) { faults.add("", "x", "y") }
        #expect(faults.all.count == InputFaults.limit)
        #expect(faults.leftOut == 5)
    }
}
