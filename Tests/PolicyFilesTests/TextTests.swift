import Foundation
import Testing

@testable import PolicyFiles

@Suite("a file that is no proper text is refused as a whole")
struct TextTests {
    private func faults(_ bytes: [UInt8]) -> [String] {
        Samples.faults(Samples.files(.init(path: "covenants/proef.yaml", bytes: bytes)))
    }

    @Test("an empty file, and one with comments only", arguments: ["", "\n\n", "# nothing here\n"])
    func empty(_ text: String) {
        #expect(faults(Array(text.utf8)) == ["covenants/proef.yaml:1:1: the file is empty (hint: begin with `schema: convenant/<kind>/1`)"])
    }

    @Test("bytes that are not UTF-8, at the byte")
    func invalidUTF8() {
        let bytes = Array("schema: convenant/covenant/1\nid: é".utf8) + [0xC3, 0x28] + Array("\n".utf8)
        #expect(faults(bytes) == ["covenants/proef.yaml:2:6: the file is not UTF-8 here (hint: save it as UTF-8)"])
    }

    @Test("256 KiB is read, one byte more is not")
    func size() {
        let text = Samples.covenant
        let filler = Array(repeating: UInt8(ascii: "#"), count: 256 * 1024 - text.utf8.count)
        #expect(faults(Array(text.utf8) + filler) == [])
        #expect(
            faults(Array(text.utf8) + filler + [UInt8(ascii: "#")])
                == ["covenants/proef.yaml:1:1: the file is larger than 256 KiB (hint: divide it; a file holds one covenant or one pack)"])
    }

    @Test("what is not YAML, with the parser's place")
    func syntax() {
        let found = faults(Array("schema: convenant/covenant/1\ntitle: {nl: Proef\nid: x\n".utf8))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("covenants/proef.yaml:3:3: this is not YAML: ") == true)
    }

    @Test("values too deep inside one another", arguments: [17, 900, 5_000, 100_000])
    func depth(_ depth: Int) {
        let nested = "schema: convenant/covenant/1\nid: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let found = faults(Array(nested.utf8))
        #expect(found.contains { $0.contains("too deep") || $0.contains("this is not YAML") })
    }

    @Test(
        "keys inside keys, which Yams compares at each depth anew, are refused before it reads them",
        arguments: [("{? ", 49), ("? ", 33), ("- ? ", 33), ("[- ", 49)])
    func keysInKeys(_ level: String, _ column: Int) {
        let found = faults(Array(("a: 1\n" + String(repeating: level, count: 200) + "b\n").utf8))
        #expect(
            found == [
                "covenants/proef.yaml:2:\(column): values stand too deep inside one another here (hint: see the example in README.md)"
            ])
    }

    @Test("dashes and closed brackets are texts, however many")
    func noDepth() {
        let dashes = String(repeating: "-", count: 40)
        let text = Samples.covenant + "# \(dashes)\n#\(String(repeating: " - ?", count: 20))\n# \(String(repeating: "[x] ", count: 40))\n"
        #expect(faults(Array(text.utf8)) == [])
    }

    @Test("aliases of aliases end at the first anchor")
    func billionLaughs() {
        var text = "schema: convenant/covenant/1\na0: &a0 [x, x]\n"
        for level in 1...30 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let found = faults(Array(text.utf8)).filter { $0.contains("anchors") }
        #expect(found.first == "covenants/proef.yaml:2:5: anchors and aliases are not read (hint: write the value out)")
        #expect(found.count == 31)
    }

    @Test("more repeated keys than anybody wants to read are still a fault")
    func manyRepeatedKeys() {
        let text = Samples.covenant + String(repeating: "version: 1\n", count: 100)
        let found = faults(Array(text.utf8))
        #expect(found == ["covenants/proef.yaml:33:1: keys stand here again in more than 16 places (hint: keep one of each)"])
    }

    @Test("a repeated key that is no word is still a fault", arguments: ["-a", "\"\"", "[a]"])
    func repeatedOddKeys(_ key: String) {
        let found = faults(Array((Samples.covenant + "? \(key)\n: 1\n? \(key)\n: 2\n").utf8))
        #expect(found.count == 1 && found[0].hasPrefix("covenants/proef.yaml:18:3: the key ") && found[0].contains("stands here twice"))
    }

    @Test("an OIN, an instant, a hash and a year range are no telephone numbers")
    func noTelephoneNumber() {
        let text = Samples.covenant.replacingOccurrences(
            of: "nl: Tekst",
            with:
                "nl: \"2009-01-05 2010-01-05 en 00000099000000001000, 0612345678901234, a0612345678b, 1.0612345678, artikel 5.2.9, € 100 000 000\""
        )
        #expect(faults(Array(text.utf8)) == [])
    }

    @Test("a fault about contact data does not repeat it")
    func contactDataIsNotRepeated() {
        let text = Samples.covenant.replacingOccurrences(of: "nl: Tekst", with: "nl: \"piet@voorbeeld.example 0700000000\"")
        let found = faults(Array(text.utf8)).joined(separator: "\n")
        #expect(found.contains("an e-mail address") && found.contains("a telephone number"))
        #expect(!found.contains("piet") && !found.contains("0700000000"))
    }

    @Test("lines that end in carriage return and line feed keep their numbers")
    func carriageReturns() {
        let text = Samples.covenant.replacingOccurrences(of: "version: 1", with: "version: 1\nversion: 2\nid: proef").replacingOccurrences(
            of: "\n", with: "\r\n")
        #expect(
            faults(Array(text.utf8)) == [
                "covenants/proef.yaml:4:1: the key `version` stands here again; it stood on line 3 before (hint: keep one)",
                "covenants/proef.yaml:5:1: the key `id` stands here again; it stood on line 2 before (hint: keep one)",
            ])
    }
}
