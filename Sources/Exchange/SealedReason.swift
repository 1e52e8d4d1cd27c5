import AuditTrail
import Casework
import Crypto
import Storage
import StrictJSON

extension ReferralDesk {
    /// What somebody wrote: sealed under a sub-key of a case's key behind the salt of its hash, and the hash, for the log.
    /// - Parameter value: what the hash is of, as canonical JSON.
    func sealed(_ written: [UInt8], of value: [UInt8], id: [UInt8], use: String, under key: VaultKey) throws(DeskRefusal)
        -> (bytes: [UInt8], hash: String)
    {
        let salt = world.random(32)
        do {
            return (try sealSecret(salt + written, id: id, under: key.derive(use)), commitment(salt: salt, value: value))
        } catch { throw .notDurable }
    }

    /// Why somebody did something: sealed under a sub-key of the case's key, and the salted hash of it for the log.
    /// - Parameter id: the bytes of the id of what it was done to.
    /// - Parameter use: the name of the sub-key.
    func sealed(_ because: String, id: [UInt8], use: String, under casefileKey: Int64) throws(DeskRefusal) -> (bytes: [UInt8], hash: String)
    {
        try sealed(
            Array(because.utf8), of: JSONValue.string(because).canonicalBytes(), id: id, use: use, under: try key(casefileKey))
    }

    /// What was written, without its salt; nil once it is erased.
    func opened(_ sealed: [UInt8], id: [UInt8], use: String, under casefileKey: Int64) -> [UInt8]? {
        guard let key = try? key(casefileKey), let opened = try? openSecret(sealed, id: id, under: key.derive(use)), opened.count > 32
        else { return nil }
        return Array(opened.dropFirst(32))
    }
}
