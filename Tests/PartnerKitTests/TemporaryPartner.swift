import Foundation
import JOSE
import PartnerTrust
import StrictJSON
import Testing

@testable import PartnerKit

/// 2026-11-21T12:00:00Z in ms since 1970.
let noon: Int64 = 1_795_262_400_000
let day: Int64 = 86_400_000
let cityOIN = "00000099000000001000"
let debtOIN = "00000099000000002000"
let messageID = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071"

/// A partner in a temporary folder with certificates of an authority made for it, and the municipality that writes to it.
final class TemporaryPartner: Sendable {
    let folder: PartnerFolder
    let city: ES256SigningKey
    let authority: CertificateAuthority
    let registration: PartnerRegistration
    let keys: JWKSet

    /// - Parameter now: in the middle of what its certificates are valid for; the machine's own time where TLS looks at them.
    init(sealing: JWK.Kind = .p256, at now: Int64 = noon) throws {
        var template = Array((NSTemporaryDirectory() + "/partner-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else { throw POSIXError(.EIO) }
        folder = PartnerFolder(String(cString: made))
        city = try ES256SigningKey.generate()
        authority = try CertificateAuthority.makeRoot(
            commonName: "Test root", organisation: "Test", from: now - day, until: now + 365 * day)
        let cityKeys = JSONValue.object(["keys": .array([.object(city.publicKey.json)])]).canonicalBytes()
        registration = try PartnerIdentity.make(
            in: folder, oin: debtOIN, name: "Debt help", authority: authority,
            exchange: ExchangeFacts(oin: cityOIN, roots: authority.certificatePEM, keys: cityKeys), sealing: sealing, from: now - day,
            until: now + 365 * day)
        keys = try JWKSet.parse(registration.keys)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    func identity() throws -> PartnerIdentity { try PartnerIdentity(folder: folder) }

    func path(_ name: String) -> String { folder.path + "/" + name }

    func write(_ text: String, _ name: String, mode: mode_t = 0o644) throws {
        try writeDurably(Array(text.utf8), to: folder.path, name, mode: mode)
    }

    func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: path(name)).map(Array.init) }

    func names(in subfolder: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path(subfolder)).sorted() }

    /// The municipality's key gets a certificate of an organisation with this number and name.
    func certifyCity(as oin: String, _ name: String) throws {
        let issued = try authority.issue(
            CertificateSubject(oin: oin, commonName: name, organisation: name), for: .signing,
            key: .publicKey(city.publicKey.subjectPublicKeyInfo), from: noon - day, until: noon + day)
        let key = try city.publicKey.with(use: .signing, certificateChain: [issued.der])
        try write(JSONValue.object(["keys": .array([.object(key.json)])]).canonicalText, "exchange-jwks.json")
    }

    /// The `enc` key changes: the new one comes into the folder, and the old one stays as the former where it is kept.
    func changeEncryptionKey(keepingFormer: Bool = true) throws -> JWK {
        let key = try AgreementPrivateKey.generate(.p256)
        if keepingFormer { try writeDurably(#require(bytes("enc.jwk")), to: folder.path, "enc.former.jwk") }
        try writeDurably(key.jwk, to: folder.path, "enc.jwk")
        return key.publicKey
    }

    /// A sealed referral to this partner; `change` alters the payload before it is signed.
    /// - Parameter key: the partner's key of another day.
    func referral(to key: JWK? = nil, _ change: (inout JSONObject) -> Void = { _ in }) throws -> [UInt8] {
        var payload: JSONObject = [
            "v": 1, "messageId": .string(messageID), "kind": "referral", "from": .string(cityOIN), "to": .string(debtOIN),
            "sentAt": "2026-11-21T11:59:58.250Z", "expiresAt": "2026-12-05T11:59:58.250Z", "purpose": "debtAssistance",
            "ground": ["kind": "consent"],
            "task": ["taskId": "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072", "pickUpWithin": "workingDays:5"],
            "covenant": ["id": "debt-help", "version": 7, "article": "3.2"], "decisionId": "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6073",
            "fields": ["identification": ["birthDate": "1968"], "domains": ["debts": ["concern": [["about": ["a"], "value": true]]]]],
            "checkpoint": "convenant/00000099000000001000/2026/simulated\n",
        ]
        change(&payload)
        return try sealed(payload, to: key)
    }

    /// A sealed invitation to the meeting …6074.
    /// - Parameters:
    ///   - method: what it does in a calendar (RFC 5546).
    ///   - older: the invitation that it takes the place of.
    func invitation(_ id: String, at: String, method: String = "REQUEST", replaces older: String? = nil) throws -> [UInt8] {
        try referral {
            $0["messageId"] = .string(id)
            $0["kind"] = "invitation"
            $0["task"] = nil
            $0["replaces"] = older.map { .string($0) }
            $0["meeting"] = [
                "meetingId": "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6074", "at": .string(at),
                "items": [["id": "b5c1", "title": "schulden"], ["id": "0e77", "title": "wonen"]],
                "ics": .string("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:\(method)\r\nEND:VCALENDAR\r\n"),
            ]
        }
    }

    /// A sealed notice, about the referral unless said otherwise.
    func notice(_ code: String, id: String, about: [String] = [messageID]) throws -> [UInt8] {
        try sealed([
            "v": 1, "messageId": .string(id), "kind": "notice", "from": .string(cityOIN), "to": .string(debtOIN),
            "sentAt": "2026-11-21T11:59:58.250Z", "expiresAt": "2026-12-05T11:59:58.250Z", "checkpoint": "x",
            "notice": ["code": .string(code), "about": .array(about.map { .string($0) }), "at": "2026-11-21T11:59:00.000Z"],
        ])
    }

    private func sealed(_ payload: JSONObject, to key: JWK? = nil) throws -> [UInt8] {
        let signed = try JWS.sign(payload: JSONValue.object(payload).canonicalBytes(), typ: MessageType.signed, key: city)
        return try JWE.seal(signed, to: key ?? keys.encryption, typ: MessageType.sealed, cty: MessageType.signed)
    }

    func verify(_ receipt: [UInt8]) throws -> Receipt {
        try Receipt.verify(receipt, keys: [keys.signing], from: debtOIN, to: cityOIN)
    }
}

/// What `runPartner` keeps in a partner's folder, with the lines that it would print.
final class Reader: Sendable {
    let taking: Taking
    let inbox: Inbox
    let lines = Calls()
    /// The ids of what the partner's own system was shown.
    let handed = Calls()

    /// - Parameters:
    ///   - sealed: kept for the page, where people answer recalls.
    ///   - now: where the clock stands.
    ///   - client: where messages are pulled from.
    init(
        _ partner: TemporaryPartner, role: String? = nil, sealed: Bool = false, at now: Int64 = noon, client: ExchangeClient? = nil
    ) throws {
        let taking = try Taking(identity: partner.identity(), sealed: sealed, role: role, filing: nil)
        self.taking = taking
        let lines = lines
        let handed = handed
        inbox = try Inbox(
            identity: partner.identity(), client: client, now: { now }, taking: taking, waits: { taking.isWaiting($0) }
        ) { message in
            var said: [String] = []
            let answer = await taking.receive(message, onLine: { said.append($0) }) { message in
                await handed.note(message.payload.messageId)
                return .opened()
            }
            for line in said { await lines.note(line) }
            return answer
        }
    }
}

extension RecallNotices {
    /// Those that the page shows in a run.
    init(_ reader: Reader) { self.init(notices: reader.taking.here.notices, recalls: reader.taking.recalls) }
}

/// A client of an exchange that is not there.
func withUnreachable(_ partner: TemporaryPartner, _ body: (ExchangeClient) async throws -> Void) async throws {
    try await withClient(of: partner, port: 1, body)
}

/// A client of an exchange on this machine.
func withClient(of partner: TemporaryPartner, port: Int, _ body: (ExchangeClient) async throws -> Void) async throws {
    guard let exchange = URL(string: "https://localhost:\(port)") else { throw POSIXError(.EINVAL) }
    let client = try ExchangeClient(identity: partner.identity(), exchange: exchange)
    let result: Result<Void, any Error>
    do { result = .success(try await body(client)) } catch { result = .failure(error) }
    await client.close()
    try result.get()
}

/// What a callback was called with.
actor Calls {
    private(set) var ids: [String] = []
    func note(_ id: String) { ids.append(id) }
}

extension Inbox {
    /// An inbox without network, whose clock stands at noon.
    convenience init(of partner: TemporaryPartner, calls: Calls = Calls(), answer: PartnerAnswer = .opened()) throws {
        try self.init(identity: partner.identity(), client: nil, now: { noon }) { message in
            await calls.note(message.payload.messageId)
            return answer
        }
    }
}
