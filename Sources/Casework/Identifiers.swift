/// A UUID (RFC 9562; of version 7, where it is not said otherwise) that names one kind of thing; ids of different kinds do not mix.
///
/// Text form: lower-case with hyphens. Database form: the 16 bytes, which sort in time order.
public struct Identifier<Kind>: Hashable, Sendable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// The id with these 128 bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The bound below which lie the ids (UUIDv7) that were made before this instant; it is no id itself.
    public init(earliestAt instant: Instant) { self.init(high: UInt64(max(0, instant.millisecondsSince1970)) << 16, low: 0) }

    /// The id stored in exactly 16 bytes, or nil.
    public init?(bytes: some Collection<UInt8>) { self.init(stored: Array(bytes)) }

    private init?(stored bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        var value: (high: UInt64, low: UInt64) = (0, 0)
        for place in 0..<8 {
            value.high = value.high << 8 | UInt64(bytes[place])
            value.low = value.low << 8 | UInt64(bytes[place + 8])
        }
        self.init(high: value.high, low: value.low)
    }

    /// The id written as lower-case text (`8-4-4-4-12` hexadecimal digits), or nil for any other text.
    public init?(_ text: some StringProtocol) { self.init(text: String(text)) }

    private init?(text: String) {
        var value: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for byte in text.utf8 {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            guard digits < 32 else { return nil }
            if digits < 16 { value.0 = value.0 << 4 | UInt64(digit) } else { value.1 = value.1 << 4 | UInt64(digit) }
            digits += 1
        }
        guard digits == 32, position == 36 else { return nil }
        self.init(high: value.0, low: value.1)
    }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { out, count in
            for place in 0..<8 {
                out[place] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * place))
                out[place + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * place))
            }
            count = 16
        }
    }

    /// The lower-case text form.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { out in
            var place = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    out[place] = UInt8(ascii: "-")
                    place += 1
                }
                let digit = UInt8((index < 16 ? high >> UInt64(60 - 4 * index) : low >> UInt64(124 - 4 * index)) & 15)
                out[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                place += 1
            }
            return 36
        }
    }

    public static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

/// The kinds of things that have an id.
public enum IdentifierKind {
    public enum Signal {}
    public enum Casefile {}
    public enum Person {}
    public enum Referral {}
    public enum ReferralTask {}
    public enum Message {}
    public enum Decision {}
    public enum Consent {}
    public enum Objection {}
    public enum Attempt {}
    public enum Entry {}
    public enum Account {}
    public enum Content {}
    public enum Contact {}
    public enum HomeVisit {}
    public enum Meeting {}
    public enum MeetingParty {}
    public enum AgendaItem {}
    public enum Plan {}
    public enum PlanAction {}
    public enum BreakGlass {}
    public enum Justification {}
    public enum Lever {}
    public enum LeverReference {}
    public enum Representative {}
}

/// A filed signal. Dutch: melding.
public typealias SignalID = Identifier<IdentifierKind.Signal>
/// A casefile; never leaves towards another organisation. Dutch: dossier.
public typealias CasefileID = Identifier<IdentifierKind.Casefile>
/// A person within one casefile; never leaves towards another organisation.
public typealias PersonID = Identifier<IdentifierKind.Person>
/// A referral. Dutch: verwijzing.
public typealias ReferralID = Identifier<IdentifierKind.Referral>
/// The task that a referral gives a partner. Dutch: taak.
public typealias TaskID = Identifier<IdentifierKind.ReferralTask>
/// A sealed message.
public typealias MessageID = Identifier<IdentifierKind.Message>
/// A decision of the gate.
public typealias DecisionID = Identifier<IdentifierKind.Decision>
/// One record in the consent registry.
public typealias ConsentID = Identifier<IdentifierKind.Consent>
/// An objection (GDPR 21). Dutch: bezwaar.
public typealias ObjectionID = Identifier<IdentifierKind.Objection>
/// One attempt to hand a message over.
public typealias AttemptID = Identifier<IdentifierKind.Attempt>
/// An entry of the data-sharing log.
public typealias EntryID = Identifier<IdentifierKind.Entry>
/// A member of staff's account.
public typealias AccountID = Identifier<IdentifierKind.Account>
/// A row of encrypted content.
public typealias ContentID = Identifier<IdentifierKind.Content>
/// A contact by the desk with a helper or a resident.
public typealias ContactID = Identifier<IdentifierKind.Contact>
/// A planned or made home visit. Dutch: huisbezoek.
public typealias HomeVisitID = Identifier<IdentifierKind.HomeVisit>
/// A meeting; never leaves towards another organisation.
public typealias MeetingID = Identifier<IdentifierKind.Meeting>
/// A meeting as one invited party knows it: made for that party alone.
public typealias MeetingPartyID = Identifier<IdentifierKind.MeetingParty>
/// A point of a meeting's agenda. Dutch: agendapunt.
public typealias AgendaItemID = Identifier<IdentifierKind.AgendaItem>
/// A household's plan. Dutch: één plan.
public typealias PlanID = Identifier<IdentifierKind.Plan>
/// What a meeting decided that one owner does before one date. Dutch: afspraak.
public typealias PlanActionID = Identifier<IdentifierKind.PlanAction>
/// One opening of a case that was not given to whoever opened it.
public typealias BreakGlassID = Identifier<IdentifierKind.BreakGlass>
/// The record on which something is shared without consent. Dutch: verantwoording.
public typealias JustificationID = Identifier<IdentifierKind.Justification>
/// What shows that compulsion may be used towards one person. Dutch: dwangmiddel.
public typealias LeverID = Identifier<IdentifierKind.Lever>
/// A lever as one partner knows it, made for that partner alone; a UUID of version 8.
public typealias LeverReferenceID = Identifier<IdentifierKind.LeverReference>
/// Somebody who decides for a person, and not who that is.
public typealias RepresentativeID = Identifier<IdentifierKind.Representative>

/// An organisation's number (OIN, Digikoppeling): exactly 20 digits. Prefix `00000099` is for tests.
public struct OrganisationNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 20 characters.
    public let description: String

    /// The number written as exactly 20 digits, or nil. Only a school's, of the prefix 00000007, may hold capital letters behind it.
    public init?(_ text: some StringProtocol) { self.init(text: String(text)) }

    private init?(text: String) {
        guard text.utf8.count == 20 else { return nil }
        let mayHoldLetters = text.hasPrefix(Self.schools)
        for (place, byte) in text.utf8.enumerated() {
            guard (0x30...0x39).contains(byte) || (mayHoldLetters && place >= 8 && (0x41...0x5A).contains(byte)) else { return nil }
        }
        description = text
    }

    /// The number of an enterprise: prefix 00000003, its eight digits in the trade register (Dutch: KVK-nummer), four zeros.
    public init?(tradeRegister number: String) {
        guard number.utf8.count == 8 else { return nil }
        self.init("00000003\(number)0000")
    }

    /// The number of a school: prefix 00000007, its four characters in the register of schools (Dutch: BRIN) filled with zeros in front to
    /// nine places, three zeros.
    public init?(school number: String) {
        guard number.utf8.count == 4 else { return nil }
        self.init("\(Self.schools)00000\(number.uppercased())000")
    }

    private static let schools = "00000007"

    public static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}
