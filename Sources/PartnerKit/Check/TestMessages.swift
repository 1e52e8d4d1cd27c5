import JOSE
import PartnerTrust
import StrictJSON

/// A partner that is checked: what it registered, or is about to.
public struct CheckedPartner: Sendable {
    /// Its organisation number (OIN), as its certificate says it.
    public let oin: String
    /// Its TLS certificate (DER): the one that must stand at the endpoint.
    public let certificate: [UInt8]
    /// Its `sig` and `enc` keys.
    public let keys: JWKSet
    /// Where it receives.
    public let endpoint: String

    public init(oin: String, certificate: [UInt8], keys: JWKSet, endpoint: String) {
        self.oin = oin
        self.certificate = certificate
        self.keys = keys
        self.endpoint = endpoint
    }
}

/// A message as it goes over the wire.
struct WireMessage: Sendable {
    /// What stands in `Convenant-Message-Id`.
    let id: String
    let bytes: [UInt8]
    /// What its profile puts beside it in the header.
    let fields: [PayloadField]
}

/// A field of the header of an HTTP message.
typealias PayloadField = (name: String, value: String)

/// Makes test messages for one partner: fictitious, marked `simulated`, of a test sender. There is no other way in for content.
struct TestMessages: Sendable {
    let sender: TestSender
    let partner: CheckedPartner
    /// ms since 1970.
    let now: Int64
    /// The sender's key of the partner's profile.
    let key: any MessageSigning

    /// - Throws: `algorithmNotAllowed` when the sender has no key of the partner's profile.
    init(sender: TestSender, partner: CheckedPartner, now: Int64) throws(JOSEError) {
        self.sender = sender
        self.partner = partner
        self.now = now
        key = try sender.signingKey(for: partner.keys.encryption.kind)
    }

    /// A referral of nobody.
    func referral(_ id: String, _ change: (inout JSONObject) -> Void = { _ in }) -> JSONObject {
        var payload = head(id, kind: "referral")
        payload["task"] = ["taskId": .string(newMessageID(at: now)), "pickUpWithin": "P1D"]
        payload["purpose"] = "partnerCheck"
        payload["ground"] = ["kind": "consent"]
        payload["covenant"] = ["id": "partner-check", "version": 1, "article": "1"]
        payload["decisionId"] = .string(newMessageID(at: now))
        payload["fields"] = fields(domains: ["debts": Self.concern])
        change(&payload)
        return payload
    }

    /// An invitation of nobody to a meeting, with two items.
    ///
    /// - Parameters:
    ///   - meeting: how the partner knows the meeting; the same in every invitation to it.
    ///   - earlier: the invitation that this one takes the place of, a day later.
    func invitation(_ id: String, to meeting: String, insteadOf earlier: String? = nil) -> JSONObject {
        let (at, sequence) = (now + (earlier == nil ? 7 : 8) * 86_400_000, earlier == nil ? 0 : 1)
        return referral(id) { payload in
            payload["kind"] = "invitation"
            payload["task"] = nil
            payload["replaces"] = earlier.map { .string($0) }
            payload["fields"] = fields(domains: ["debts": Self.concern, "income": Self.concern])
            payload["meeting"] = [
                "meetingId": .string(meeting), "at": .string(WireInstant.text(at)),
                "items": .array(
                    ["schulden", "inkomen"].map { ["id": .string(hexadecimal(randomBytes(16))), "title": .string($0)] }),
                "ics": .string(calendar(meeting, sequence: sequence, at: at)),
            ]
        }
    }

    /// The same for a calendar (RFC 5545, 5546), in lines that need no folding.
    private func calendar(_ uid: String, sequence: Int, at: Int64) -> String {
        func utc(_ at: Int64) -> String { WireInstant.text(at).prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z" }
        let lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Convenant//Partner check//NL", "METHOD:REQUEST", "BEGIN:VEVENT", "UID:\(uid)",
            "SEQUENCE:\(sequence)", "DTSTAMP:\(utc(now))", "DTSTART:\(utc(at))", "DTEND:\(utc(at + 3_600_000))", "SUMMARY:Overleg",
            "CLASS:CONFIDENTIAL", "ORGANIZER:urn:nld:oin:\(sender.oin)", "ATTENDEE;RSVP=FALSE:urn:nld:oin:\(partner.oin)", "END:VEVENT",
            "END:VCALENDAR",
        ]
        return lines.map { $0 + "\r\n" }.joined()
    }

    private func fields(domains: JSONValue) -> JSONValue {
        [
            "identification": ["name": ["given": "Test", "family": "Testbericht"], "birthDate": "1900"],
            "contact": ["safeWay": "dit is een test: neem met niemand contact op"], "domains": domains,
        ]
    }

    private static let concern: JSONValue = ["concern": [["about": ["a"], "value": true]]]

    /// A notice about an earlier test message.
    /// - Parameter code: such as `recalled`.
    func notice(_ code: String, _ id: String, about: String) -> JSONObject {
        var payload = head(id, kind: "notice")
        payload["notice"] = ["code": .string(code), "about": [.string(about)], "at": .string(WireInstant.text(now))]
        return payload
    }

    private func head(_ id: String, kind: String) -> JSONObject {
        let year = WireInstant.text(now).prefix(4)
        return [
            "v": 1, "messageId": .string(id), "kind": .string(kind), "from": .string(sender.oin), "to": .string(partner.oin),
            "simulated": true, "sentAt": .string(WireInstant.text(now)), "expiresAt": .string(WireInstant.text(now + 3_600_000)),
            // an empty log: its root is the SHA-256 of nothing
            "checkpoint": .string("convenant/\(sender.oin)/\(year)/simulated\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
        ]
    }

    /// The payload, signed.
    func signed(_ payload: JSONObject) throws(JOSEError) -> [UInt8] {
        try JWS.sign(payload: JSONValue.object(payload).canonicalBytes(), typ: MessageType.signed, key: key)
    }

    /// Signed bytes, sealed to the partner or to another key.
    func sealed(_ signed: [UInt8], to key: JWK? = nil) throws(JOSEError) -> [UInt8] {
        let recipient = key ?? partner.keys.encryption
        return try JWE.seal(signed, to: recipient, typ: MessageType.sealed(to: recipient), cty: MessageType.signed)
    }

    /// The signature over the payload, in the NL GOV profile; nothing in the others.
    /// - Parameter other: signs in the sender's place.
    func payloadFields(of bytes: [UInt8], by other: PS256SigningKey? = nil) throws(JOSEError) -> [PayloadField] {
        guard let key = other ?? key as? PS256SigningKey else { return [] }
        let signed = try PayloadSignature(of: bytes, by: key, certificate: nil, at: now)
        return [(PayloadSignature.digestField, signed.digest), (PayloadSignature.field, signed.value)]
    }
}
