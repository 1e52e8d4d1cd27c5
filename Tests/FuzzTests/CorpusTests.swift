import Testing

/// What the fuzzer begins with, and whatever a reader once failed on (Tests/Fuzz): read again in every test run, without the fuzzer.
@Suite("the readers that strangers' bytes reach first return, whatever they are given")
struct CorpusTests {
    @Test("the committed inputs, whole, cut anywhere, and with each bit of a byte changed here and there", arguments: FuzzTarget.allCases)
    func corpus(_ target: FuzzTarget) throws {
        let inputs = try target.corpus()
        #expect(inputs.count >= 4)
        for (_, bytes) in inputs {
            target.run(bytes)
            for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
                target.run(Array(bytes[..<count]))
                var changed = bytes
                changed[count] ^= 1 << (count % 8)
                target.run(changed)
            }
        }
    }
}
