import AuditTrail
import Casework
import Crypto
import Storage
import StrictJSON

extension ReferralDesk {
    /// Why somebody did something: sealed under a sub-key of the case's key, and the salted hash of it for the log.
    /// - Parameter id: the bytes of the id of what it was done to.
    /// - Parameter use: the name of the sub-key.
    func sealed(_ because: String, id: [UInt8], use: String, under casefileKey: Int64) throws(DeskRefusal) -> (bytes: [UInt8], hash: String)
    {
        let (salt, key) = (world.random(32), try key(casefileKey))
        do {
            let bytes = try sealSecret(salt + Array(because.utf8), id: id, under: key.derive(use))
            return (bytes, commitment(salt: salt, value: JSONValue.string(because).canonicalBytes()))
        } catch { throw .notDurable }
    }

    /// What ``sealed(_:id:use:under:)`` sealed; nil once it is erased.
    func opened(_ sealed: [UInt8], id: [UInt8], use: String, under casefileKey: Int64) -> String? {
        guard let key = try? key(casefileKey), let opened = try? openSecret(sealed, id: id, under: key.derive(use)), opened.count > 32
        else { return nil }
        return String(decoding: opened.dropFirst(32), as: UTF8.self)
    }
}
