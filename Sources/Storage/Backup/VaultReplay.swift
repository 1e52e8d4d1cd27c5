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

    /// The ids of every key that has not been destroyed.
    public func livingKeys() throws(StoreFault) -> Set<Int64> {
        do {
            return try file.readers.read { database in
                try Int64.fetchSet(database, sql: "SELECT id FROM key WHERE wrapped <> ?", arguments: [Data(Self.tombstone)])
            }
        } catch { throw StoreFault(error) }
    }
}
