import JOSE
import PartnerTrust
import StrictJSON

/// Which test messages a partner's endpoint handled rightly, fit to attach to an acceptance.
public struct PartnerCheckReport: Sendable {
    /// What the report says of the occasion.
    public struct About: Sendable {
        /// Convenant's version.
        public let version: String
        /// Who had it done: an organisation or a role, never a person's name.
        public let performedBy: String?
        /// What the partner says of its system, such as its version and environment.
        public let system: String?

        public init(version: String, performedBy: String? = nil, system: String? = nil) {
            self.version = version
            self.performedBy = performedBy
            self.system = system
        }
    }

    /// What the contract asks for.
    public enum Expectation: String, Sendable, CaseIterable {
        /// 200 with a valid receipt that says `opened`.
        case opened
        /// The receipt of the first time, byte for byte.
        case sameReceipt
        /// 4xx, or a valid receipt that says `refused`; never `opened`.
        case refused
        /// No connection, 401 or 403.
        case shut
        /// 200 with a valid receipt that answers a recall or an erasure; not that nothing is found of what it opened.
        case answer
    }

    /// How a test ended.
    public enum Verdict: String, Sendable, CaseIterable {
        case right, wrong
        /// Neither: the answer comes later (202), where this check does not see it, or does not say it.
        case unseen
    }

    /// One test.
    public struct Line: Sendable {
        /// A stable name.
        public let name: String
        let dutch: String
        let english: String
        public let expected: Expectation
        public private(set) var seen = ""
        public private(set) var verdict = Verdict.wrong

        init(name: String, dutch: String, english: String, expected: Expectation) {
            (self.name, self.dutch, self.english, self.expected) = (name, dutch, english, expected)
        }

        func right(_ seen: String) -> Line { ended(seen, .right) }
        func wrong(_ seen: String) -> Line { ended(seen, .wrong) }
        func unseen(_ seen: String) -> Line { ended(seen, .unseen) }
        private func ended(_ seen: String, _ verdict: Verdict) -> Line {
            var line = self
            (line.seen, line.verdict) = (seen, verdict)
            return line
        }
    }

    public let about: About
    let partner: CheckedPartner
    let senderOIN: String
    let senderKey: String
    /// ms since 1970.
    public let started: Int64
    /// ms since 1970.
    public let ended: Int64
    public let lines: [Line]

    init(about: About, messages: TestMessages, ended: Int64, lines: [Line]) {
        self.about = about
        partner = messages.partner
        senderOIN = messages.sender.oin
        senderKey = messages.key.kid
        started = messages.now
        self.ended = ended
        self.lines = lines
    }

    /// What a partner handles besides, and no test here shows.
    static let notTested = (
        dutch:
            "Niet beproefd: verlopen en ingetrokken certificaten, herinneringen en andere mededelingen, en wat de partner na zijn "
            + "ontvangstbewijs met een bericht doet.",
        english:
            "Not tested: expired and revoked certificates, reminders and other notices, and what the partner does with a message after "
            + "its receipt."
    )

    /// Whether every test was seen to be right.
    public var isRight: Bool { count(.right) == lines.count }

    func count(_ verdict: Verdict) -> Int { lines.count { $0.verdict == verdict } }

    /// The facts of the head, in the order in which they are shown: a stable name, Dutch, English, and the value.
    var facts: [(name: String, dutch: String, english: String, value: String)] {
        var facts = [
            ("partner", "Partner (OIN)", "Partner (OIN)", partner.oin), ("endpoint", "Adres", "Endpoint", partner.endpoint),
            ("certificate", "Certificaat (SHA-256)", "Certificate (SHA-256)", hexadecimal(certificateSHA256(partner.certificate))),
        ]
        if let name = subjectCommonName(partner.certificate) { facts.append(("certificateName", "Op naam van", "In the name of", name)) }
        if let until = notAfter(partner.certificate) {
            facts.append(("certificateUntil", "Geldig tot", "Valid until", WireInstant.text(until)))
        }
        facts += [
            ("signingKey", "Sleutel van ontvangstbewijzen", "Key of receipts", partner.keys.signing.kid),
            ("encryptionKey", "Sleutel waarmee verzegeld is", "Key that was sealed to", partner.keys.encryption.kid),
            ("keyKind", "Soort sleutel", "Kind of key", partner.keys.encryption.kind.rawValue),
            ("sender", "Testafzender (OIN)", "Test sender (OIN)", senderOIN),
            ("senderKey", "Sleutel van de testafzender", "Key of the test sender", senderKey),
            ("started", "Begonnen", "Started", WireInstant.text(started)), ("ended", "Klaar", "Ended", WireInstant.text(ended)),
        ]
        if let who = about.performedBy { facts.append(("performedBy", "In opdracht van", "Performed by", who)) }
        if let system = about.system { facts.append(("system", "Systeem van de partner", "The partner's system", system)) }
        facts.append(("version", "Versie", "Version", "Convenant \(about.version), message v1, receipt v1"))
        return facts
    }

    /// The report as canonical JSON.
    public var json: JSONValue {
        var object: JSONObject = ["schema": "convenant/partner-check/1", "right": .bool(isRight)]
        for fact in facts { object[fact.name] = .string(fact.value) }
        for verdict in Verdict.allCases { object[verdict.rawValue + "Count"] = .integer(Int64(count(verdict))) }
        object["notTested"] = .string(Self.notTested.english)
        object["tests"] = .array(
            lines.map { line in
                [
                    "name": .string(line.name), "about": .string(line.english), "expected": .string(line.expected.rawValue),
                    "seen": .string(line.seen), "verdict": .string(line.verdict.rawValue),
                ]
            })
        return .object(object)
    }
}
