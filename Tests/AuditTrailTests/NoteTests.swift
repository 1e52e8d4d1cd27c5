import Crypto
import Testing

@testable import AuditTrail

@Suite("Checkpoints")
struct NoteTests {
    static let origin = "convenant/00000099000000001000/2026"
    /// Made by an independent program (Python, `cryptography`) with the seed 00 01 … 1f.
    static let golden = """
        convenant/00000099000000001000/2026
        8
        XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

        \u{2014} convenant/00000099000000001000/2026 prVsPyzUvHaLCaO2uThoC/nFTPUACX6KPzuZKkK+lkf0SIOhevziY48dWmBk1DfzKvQTGh4wEit9qU5PNwzF6R5TDAs=

        """
    let key: Curve25519.Signing.PrivateKey

    init() throws { key = try Curve25519.Signing.PrivateKey(rawRepresentation: Array(0..<32 as Range<UInt8>)) }

    private func fault(_ note: String, origin: String = origin, cosigned: Bool = false) -> NoteFault? {
        do throws(NoteFault) {
            _ = try Checkpoint.open(note, publicKey: key.publicKey, origin: origin, allowsCosignatures: cosigned)
            return nil
        } catch {
            return error
        }
    }

    @Test("a note of another program is read, and its key is named as there")
    func foreignNote() throws {
        let checkpoint = try Checkpoint.open(Self.golden, publicKey: key.publicKey, origin: Self.origin)
        #expect(checkpoint.size == 8)
        #expect(hex(checkpoint.root) == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
        #expect(
            verifierKeyText(name: Self.origin, publicKey: key.publicKey)
                == "convenant/00000099000000001000/2026+a6b56c3f+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
    }

    @Test("what is signed here is read here, and differs from the other program's note in nothing but the signature's bytes")
    func roundTrip() throws {
        let read = try Checkpoint.open(Self.golden, publicKey: key.publicKey, origin: Self.origin)
        let note = try read.sign(with: key)
        #expect(try Checkpoint.open(note, publicKey: key.publicKey, origin: Self.origin) == read)
        #expect(note.utf8.count == Self.golden.utf8.count)
        #expect(note.utf8.prefix(note.utf8.count - 94).elementsEqual(Self.golden.utf8.prefix(note.utf8.count - 94)))
        let empty = Checkpoint(origin: Self.origin, size: 0, root: MerkleFrontier().root)
        #expect(try Checkpoint.open(empty.sign(with: key), publicKey: key.publicKey, origin: Self.origin) == empty)
    }

    @Test("the verifier key of Go's sumdb/note is read and written the same")
    func sumdbKey() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        let read = readVerifierKey(text)
        #expect(read?.name == "PeterNeumann")
        #expect(read.map { verifierKeyText(name: $0.name, publicKey: $0.publicKey) } == text)
        #expect(readVerifierKey(text.replacing("c74f20a3", with: "c74f20a4")) == nil)
        #expect(readVerifierKey(text.replacing("+ARpc", with: "+AhpC")) == nil)
    }

    @Test("any single changed bit is refused")
    func everyBit() {
        let bytes = Array(Self.golden.utf8)
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                let note = String(decoding: changed, as: UTF8.self)
                #expect(fault(note) != nil, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test("a cut, lengthened or doubled note is refused")
    func lengths() {
        let bytes = Array(Self.golden.utf8)
        for length in 0..<bytes.count { #expect(fault(String(decoding: bytes[..<length], as: UTF8.self)) != nil) }
        #expect(fault(Self.golden + "\n") == .notANote)
        #expect(fault(Self.golden + Self.golden) == .notANote)
        #expect(fault("\n" + Self.golden) == .notANote)
    }

    @Test("each other fault has its own name")
    func named() throws {
        let other = Curve25519.Signing.PrivateKey()
        let checkpoint = Checkpoint(origin: Self.origin, size: 8, root: Array(repeating: 7, count: 32))
        let line = try #require(Self.golden.split(separator: "\n").last.map { $0 + "\n" })
        #expect(fault(Self.golden, origin: Self.origin + "/simulated") == .otherOrigin)
        #expect(fault(try checkpoint.sign(with: other)) == .otherKey)
        #expect(fault(checkpoint.text + "\n" + line) == .wrongSignature)
        #expect(fault(Self.golden + line) == .surplusSignature)
        #expect(fault(Self.golden + line, cosigned: true) == .surplusSignature)
        #expect(fault(Self.golden.replacing("\n8\n", with: "\n08\n")) == .notANote)
        #expect(fault(Self.golden.replacing("Qyg=\n\n", with: "Qyg=\nextension\n\n")) == .notANote)
        #expect(fault(Self.golden.replacing("Qyg=", with: "Qyh=")) == .notANote)
        #expect(fault(Self.golden.replacing("\n", with: "\r\n")) == .notANote)
    }

    @Test("a witness's line is refused in our own copy and let pass in one from outside")
    func cosignature() {
        let note = Self.golden + "\u{2014} witness.example/w \(base64(Array(0..<76)))\n"
        #expect(fault(note) == .surplusSignature)
        #expect(fault(note, cosigned: true) == nil)
    }

    @Test("base64 has one spelling")
    func canonicalBase64() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
            #expect(decodeBase64(base64(bytes)) == bytes)
        }
        for text in ["A", "AA", "AAA", "AB==", "AAB=", "AA=", "AA===", "AA==A", "A-A=", "AAAA=", "====", "AA =", " AAAA"] {
            #expect(decodeBase64(text) == nil)
        }
        #expect(base64URL([0xFB, 0xFF, 0xFE]) == "-__-")
    }
}
