import Foundation
import JOSE
import StrictJSON
import Testing

/// What other programs say of our published vectors. A machine without their packages fails these tests, it does not pass them by.
@Suite("other programs read what we write")
struct InteropTests {
    private func check(_ script: String, _ arguments: String...) async throws {
        guard FileManager.default.isExecutableFile(atPath: Checkout.python) else {
            throw Trouble("`\(Checkout.python)` is not there (hint: deploy/test makes it, or set CONVENANT_PYTHON)")
        }
        let result = try await run(Checkout.python, ["\(Checkout.interop)/\(script)"] + arguments)
        #expect(result.code == 0, "\(result.output)\(result.errors)")
    }

    @Test("PyPI's icalendar reads request, update and cancellation, each property and nothing else, around the changes of the clock")
    func calendar() async throws { try await check("check_icalendar.py") }

    @Test("PyPI's holidays has the holidays of 2000 to 2050 that the working calendar is tested with")
    func holidays() async throws { try await check("holidays_check.py", "--check", Checkout.root + "/Tests/Vectors/dutch-holidays.txt") }

    @Test("joserfc opens the published messages and receipts, and refuses those with a fault")
    func sealed() async throws { try await check("check_vectors.py") }

    /// A program that seals and opens, and a kind of key that it knows: Debian's `jose` knows neither X25519 nor RSA-OAEP.
    struct Pair: Sendable, CustomTestStringConvertible {
        let tool: String
        let kind: JWK.Kind
        var testDescription: String { "\(tool) \(kind.rawValue)" }
        static let all =
            ["joserfc", "jwcrypto"].flatMap { tool in JWK.Kind.allCases.map { Pair(tool: tool, kind: $0) } }
            + [Pair(tool: "jose", kind: .p256)]
    }

    @Test("what we seal, joserfc, jwcrypto and Debian's `jose` open; what they seal, we open", arguments: Pair.all)
    func bothWays(_ pair: Pair) async throws {
        let folder = TemporaryFolders.newPath("cross")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let own = try AgreementPrivateKey.generate(pair.kind)
        let sender: any MessageSigning = pair.kind == .rsa ? try PS256SigningKey.generate() : try ES256SigningKey.generate()
        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            return "\(folder)/\(name)"
        }
        let payload = Array(#"{"v":1,"kind":"notice"}"#.utf8)
        let signed = try JWS.sign(payload: payload, typ: MessageType.signed, key: sender)
        let sealed = try JWE.seal(signed, to: own.publicKey, typ: MessageType.sealed(to: own.publicKey), cty: MessageType.signed)
        let opened = try await cross(
            "open", pair.tool, try write("enc.jwk", own.jwk),
            try write("sig.pub", JSONValue.object(sender.publicKey.json).canonicalBytes()),
            input: sealed)
        #expect(opened.code == 0 && Array(opened.output.utf8) == payload, "\(opened.errors)")

        // A private `sig` key as JWK is something that this program never writes; the tool is given one of its own.
        let made = try await run(Checkout.python, ["\(Checkout.interop)/cross.py", "key", pair.kind == .rsa ? "RSA" : "EC"])
        #expect(made.code == 0, "\(made.errors)")
        let theirs = try parseJSON(Array(made.output.utf8))
        let back = try await cross(
            "seal", pair.tool, try write("enc.pub", JSONValue.object(own.publicKey.json).canonicalBytes()),
            try write("sig.jwk", theirs.canonicalBytes()), input: payload)
        #expect(back.code == 0, "\(back.errors)")
        var publicHalf = try #require(theirs.objectValue)
        for name in ["d", "p", "q", "dp", "dq", "qi"] { publicHalf[name] = nil }
        let verified = try SealedOpener.openSigned(
            Array(back.output.utf8), encKey: own, senderKeys: [try JWK(.object(publicHalf))])
        #expect(verified.payload == payload)
    }

    private func cross(_ arguments: String..., input: [UInt8]) async throws -> ProgramResult {
        try await run(Checkout.python, ["\(Checkout.interop)/cross.py"] + arguments, input: Data(input))
    }
}
