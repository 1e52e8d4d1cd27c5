import Casework
import Disclosure
import JOSE
import StrictJSON

/// The public keys by which an organisation signs covenants, as `keys/<oin>.json` lists them: those of now and those of before.
///
/// The form is a JWK Set (RFC 7517), so that a partner's registered set can be put there, of which the `sig` key counts. A key that was
/// replaced stays, with `until`: what it signed before that instant stays signed. A key that others may know is taken out, and with it
/// everything that it signed.
struct PartyKeys: Sendable {
    struct Key: Sendable {
        let jwk: JWK
        /// The first instant at which it signs no more; nil for a key in use.
        let until: Instant?
    }
    let oin: OrganisationNumber
    let file: String
    let keys: [Key]
}

/// The keys of a file; nil with the reason among the faults when anything in it is wrong.
func readKeys(_ file: PolicyFile, name: String, faults: inout [PolicyFault]) -> PartyKeys? {
    func refuse(_ text: String, hint: String) {
        faults.append(.init(file: file.path, line: 1, column: 1, text: text, hint: hint))
    }
    guard let oin = OrganisationNumber(name) else {
        refuse("`\(name)` is not an organisation number", hint: "name the file after the organisation: `keys/<oin>.json`")
        return nil
    }
    guard let root = readJSON(file, faults: &faults) else { return nil }
    guard let items = root["keys"]?.arrayValue, !items.isEmpty else {
        refuse("the file holds no keys", hint: "a JWK Set has the member `keys` with at least one key (RFC 7517)")
        return nil
    }
    var keys: [PartyKeys.Key] = []
    for (index, item) in items.enumerated() {
        do throws(JOSEError) {
            let jwk = try JWK(item)
            if jwk.use == .encryption { continue }
            guard let until = item["until"] else {
                keys.append(.init(jwk: jwk, until: nil))
                continue
            }
            guard let instant = until.stringValue.flatMap({ Instant(rfc3339: $0) }) else {
                refuse("/keys/\(index)/until is not an instant", hint: "write date, time and offset, such as `2026-11-21T00:00:00+01:00`")
                return nil
            }
            keys.append(.init(jwk: jwk, until: instant))
        } catch {
            refuse("/keys/\(index) cannot be used: \(error.code)", hint: "a public key on P-256, or RSA for the NL GOV profile")
            return nil
        }
    }
    guard !keys.isEmpty else {
        refuse("the file holds no key that signs", hint: "a key with `use: sig`, or without `use`")
        return nil
    }
    return PartyKeys(oin: oin, file: file.path, keys: keys)
}

/// The JSON of a file; nil with every fault of it, each where it stands.
func readJSON(_ file: PolicyFile, faults: inout [PolicyFault]) -> JSONValue? {
    do throws(JSONFaults) { return try parseJSON(file.bytes) } catch {
        for fault in error.faults {
            let before = file.bytes.prefix(fault.offset)
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count { $0 & 0xC0 != 0x80 } + 1
            faults.append(
                .init(file: file.path, line: line, column: column, text: "this is not JSON: \(fault.detail)", hint: "write it by a program")
            )
        }
        return nil
    }
}

extension PolicyCollection {
    /// A key signs for one organisation: else one of them could sign for the other.
    mutating func checkKeys() {
        var owners: [String: PartyKeys] = [:]
        for read in keys.values.sorted(by: { $0.file < $1.file }) {
            for key in read.keys {
                if let other = owners[key.jwk.kid], other.oin != read.oin {
                    refuse(
                        .start, in: read.file, "a key of `\(other.file)` stands here too",
                        hint: "each organisation signs by keys of its own")
                }
                owners[key.jwk.kid] = read
            }
        }
    }
}
