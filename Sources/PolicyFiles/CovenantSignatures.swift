import Casework
import Disclosure
import JOSE
import StrictJSON

/// Whether a party's director has signed a covenant's file as it is. Dutch: ondertekening.
public enum SignatureState: Hashable, Sendable {
    /// By a key of the party, in this function, at this instant.
    case signed(function: String, at: Instant, kid: String)
    /// There is no signature of the party.
    case unsigned
    /// A key of the party signed other bytes than those of the file, or a template that has other bytes now.
    case altered
    /// The signature was made by a key that is not the party's, or was not any more.
    case foreignKey

    /// One word, as `policy check` prints it.
    public var word: String {
        switch self {
        case .signed: "signed"
        case .unsigned: "unsigned"
        case .altered: "altered"
        case .foreignKey: "foreign-key"
        }
    }
    var isSigned: Bool { if case .signed = self { true } else { false } }
}

/// How one party stands towards one covenant.
public struct PartySignature: Hashable, Sendable {
    public let covenant: String
    public let version: Int
    /// The covenant's file, inside the folder.
    public let file: String
    public let oin: OrganisationNumber
    /// The party's name.
    public let name: String
    public let state: SignatureState
}

/// The signatures beside a covenant, as `<name>.signatures.json` lists them.
struct SignaturesFile: Sendable {
    struct Entry: Sendable {
        let oin: OrganisationNumber
        /// The function in which it was signed; never a person's name.
        let function: String
        let signedAt: Instant
        /// `header..signature` (RFC 7515 Appendix F).
        let jws: String
    }
    let file: String
    let entries: [Entry]
}

/// What makes a signature on a covenant: no message and no receipt can be taken for one.
let covenantSignatureType = "convenant-covenant+jws"
private let entryKeys = ["oin", "function", "signedAt", "jws"]

/// The entries of a file; nil with the reasons among the faults when anything in it is not of the form. Nothing is verified here.
func readSignatures(_ file: PolicyFile, faults: inout [PolicyFault]) -> SignaturesFile? {
    guard let root = readJSON(file, faults: &faults) else { return nil }
    let found = InputFaults()
    var entries: [SignaturesFile.Entry] = []
    for item in JSONReader(root, into: found).array(max: 200) ?? [] {
        guard let entry = item.object(entryKeys, required: entryKeys) else { continue }
        let oin = entry["oin"]?.string(maxLength: 20)
        let function = entry["function"]?.string(maxLength: 80)
        let signedAt = entry["signedAt"]?.string(maxLength: 40)
        let jws = entry["jws"]?.string(maxLength: 4096)
        guard let oin, let function, let signedAt, let jws else { continue }
        guard let number = OrganisationNumber(oin) else {
            item.fault("invalid-oin", "`\(oin)` is not an organisation number", hint: "an OIN is 20 digits")
            continue
        }
        guard let instant = Instant(rfc3339: signedAt) else {
            item.fault("invalid-instant", "`\(signedAt)` is not an instant", hint: "date, time and offset")
            continue
        }
        findContactData(function, file: file.path, faults: &faults)
        entries.append(.init(oin: number, function: function, signedAt: instant, jws: jws))
    }
    faults += found.all.map {
        .init(
            file: file.path, line: 1, column: 1, text: "\($0.pointer): \($0.detail)",
            hint: $0.hint ?? "`convenant policy sign` writes this file")
    }
    return found.isEmpty ? SignaturesFile(file: file.path, entries: entries) : nil
}

extension SignaturesFile {
    /// How a party stands towards a text. One signature that holds is enough, whatever stands beside it.
    func state(of oin: OrganisationNumber, over bytes: [UInt8], keys: PartyKeys?) -> SignatureState {
        let states = entries.filter { $0.oin == oin }.map { $0.state(over: bytes, keys: keys?.keys ?? []) }
        return states.first { $0.isSigned } ?? states.first ?? .unsigned
    }
}

extension SignaturesFile.Entry {
    fileprivate func state(over bytes: [UInt8], keys: [PartyKeys.Key]) -> SignatureState {
        let jwks = keys.filter { $0.until.map { signedAt < $0 } ?? true }.map(\.jwk)
        do throws(JOSEError) {
            let (header, key) = try JWS.verifyDetached(
                jws, of: bytes, typ: covenantSignatureType, claims: Array(claims.names), keys: jwks)
            // What stands beside the signature is what people read; what stands inside it was signed.
            for (name, value) in claims.members.map({ ($0.name, $0.value) }) where header[name] != value { return .altered }
            return .signed(function: function, at: signedAt, kid: key.kid)
        } catch .unknownKey {
            return .foreignKey
        } catch {
            return .altered
        }
    }

    /// What the signature covers beside the bytes.
    private var claims: JSONObject { covenantClaims(oin: oin, function: function, signedAt: signedAt) }
}

/// Who signs, in which function, when: `iss` and `iat` as RFC 7519 has them (`iat` in seconds), in the signature's header.
private func covenantClaims(oin: OrganisationNumber, function: String, signedAt: Instant) -> JSONObject {
    ["function": .string(function), "iat": .integer(signedAt.millisecondsSince1970 / 1000), "iss": .string(oin.description)]
}

extension SignaturesFile.Entry {
    /// Signs the bytes of a covenant's file.
    init(
        signing bytes: [UInt8], as oin: OrganisationNumber, function: String, by key: some MessageSigning, at now: Instant
    ) throws(JOSEError) {
        let signedAt = Instant(millisecondsSince1970: now.millisecondsSince1970 / 1000 * 1000)
        let jws = try JWS.signDetached(
            bytes, typ: covenantSignatureType, claims: covenantClaims(oin: oin, function: function, signedAt: signedAt), key: key)
        self.init(oin: oin, function: function, signedAt: signedAt, jws: jws)
    }
}

extension PolicyCollection {
    /// Puts into each covenant who has signed it. Signatures that are over nothing, or of nobody, are told of and do no harm.
    mutating func putSignatures(_ bytes: [String: [UInt8]]) {
        for place in covenants.indices {
            let states = states(of: covenants[place], over: bytes[covenants[place].file] ?? [])
            covenants[place].covenant = covenants[place].covenant.signed(by: Set(states.filter { $0.state.isSigned }.map(\.oin)))
            partySignatures += states
        }
        for (path, read) in signatures.sorted(by: { $0.key < $1.key }) where digests[path] == nil {
            warn(in: read.file, "there is no covenant `\(path)`", hint: "a signature stands beside the file that it is over")
        }
        for place in covenants.indices {
            let read = covenants[place]
            for entry in signatures[read.file]?.entries ?? [] where !read.covenant.parties.contains(where: { $0.oin == entry.oin }) {
                warn(
                    in: signatures[read.file]?.file ?? read.file, "`\(entry.oin)` has signed and is no party",
                    hint: "take its signature out; a party that left stands under `parties` with `until`")
            }
        }
    }

    private func states(of read: ReadCovenant, over bytes: [UInt8]) -> [PartySignature] {
        read.covenant.parties.map { party in
            let state = signatures[read.file]?.state(of: party.oin, over: bytes, keys: keys[party.oin]) ?? .unsigned
            return PartySignature(
                covenant: read.covenant.id, version: read.covenant.version, file: read.file, oin: party.oin, name: party.name,
                state: state.isSigned && templateFault(of: read) != nil ? .altered : state)
        }
    }

    /// The files that say who has signed.
    var signatureFiles: [String] { signatures.values.map(\.file) + keys.values.map(\.file) }
}
