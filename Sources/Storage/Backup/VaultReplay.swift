import Casework
import Foundation
import GRDB

/// A consent that was withdrawn, as the vault remembers it.
public struct RememberedWithdrawal: Hashable, Sendable {
    public let consent: ConsentID
    /// How the withdrawal reached whoever recorded it.
    public let how: String
    public let at: Instant

    public init(consent: ConsentID, how: String, at: Instant) {
        self.consent = consent
        self.how = how
        self.at = at
    }
}

/// A no that was recorded, as the vault remembers it.
public struct RememberedRefusal: Hashable, Sendable {
    public let consent: ConsentID
    /// The vault key of the person who said it.
    public let key: Int64
    /// What it says, sealed under a sub-key of that key.
    public let sealed: [UInt8]

    public init(consent: ConsentID, key: Int64, sealed: [UInt8]) {
        self.consent = consent
        self.key = key
        self.sealed = sealed
    }
}

extension KeyVault {
    /// Keeps a withdrawal beside the keys, so that data restored from an older copy learn of it. On the disk when it returns.
    public func remember(_ withdrawal: RememberedWithdrawal) async throws(StoreFault) {
        try await onThread { () throws(StoreFault) in
            do {
                try self.file.writer.write { database in
                    try database.execute(
                        sql: "INSERT INTO withdrawal (consent, how, withdrawn_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                        arguments: [Data(withdrawal.consent.bytes), withdrawal.how, withdrawal.at.millisecondsSince1970])
                }
            } catch { throw StoreFault(error) }
        }
    }

    /// Every withdrawal that was ever remembered, in the order of the consents' ids.
    public func withdrawals() throws(StoreFault) -> [RememberedWithdrawal] {
        do {
            return try file.readers.read { database in
                try Row.fetchAll(database, sql: "SELECT consent, how, withdrawn_at FROM withdrawal ORDER BY consent").map { row in
                    guard let id = ConsentID(bytes: [UInt8](row["consent"] as Data)) else {
                        throw StoreFault.corrupt("a remembered withdrawal names no consent")
                    }
                    return RememberedWithdrawal(
                        consent: id, how: row["how"], at: Instant(millisecondsSince1970: row["withdrawn_at"]))
                }
            }
        } catch { throw StoreFault(error) }
    }

    /// Keeps a no beside the keys, so that data restored from an older copy learn of it. On the disk when it returns. Nothing is kept of somebody
    /// whose key has been destroyed.
    public func remember(_ refusal: RememberedRefusal) async throws(StoreFault) {
        try await onThread { () throws(StoreFault) in
            do {
                try self.file.writer.write { database in
                    try database.execute(
                        sql: """
                            INSERT INTO refusal (key, consent, sealed) SELECT id, ?, ? FROM key WHERE id = ? AND wrapped <> ?
                            ON CONFLICT DO NOTHING
                            """,
                        arguments: [Data(refusal.consent.bytes), Data(refusal.sealed), refusal.key, Data(Self.tombstone)])
                }
            } catch { throw StoreFault(error) }
        }
    }

    /// Each no that is remembered and whose id was made from then on, in the order of the consents' ids.
    public func refusals(since instant: Instant) throws(StoreFault) -> [RememberedRefusal] {
        do {
            return try file.readers.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT consent, key, sealed FROM refusal WHERE consent >= ? ORDER BY consent",
                    arguments: [Data(ConsentID(earliestAt: instant).bytes)]
                ).map { row in
                    guard let id = ConsentID(bytes: [UInt8](row["consent"] as Data)) else {
                        throw StoreFault.corrupt("a remembered refusal names no consent")
                    }
                    return RememberedRefusal(consent: id, key: row["key"], sealed: [UInt8](row["sealed"] as Data))
                }
            }
        } catch { throw StoreFault(error) }
    }

    /// The ids of every key that has not been destroyed.
    public func livingKeys() throws(StoreFault) -> Set<Int64> {
        do {
            return try file.readers.read { database in
                try Int64.fetchSet(database, sql: "SELECT id FROM key WHERE wrapped <> ?", arguments: [Data(Self.tombstone)])
            }
        } catch { throw StoreFault(error) }
    }
}
