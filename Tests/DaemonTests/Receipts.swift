import Crypto
import Foundation
import JOSE
import StrictJSON

extension TestDaemon {
    /// Fetches a message as a partner and hands in its receipt, changed before it is signed when the test wants that.
    func receipt(
        of message: String, as partner: Town.Partner = Town.debtHelp, signedBy signer: Town.Partner? = nil,
        _ change: (inout Receipt) -> Void = { _ in }
    ) async throws -> Answer {
        let sealed = try await self.partner(partner, .GET, "/v1/inbox/\(message)").expect(200)
        return try await handIn(
            try receiptText(message, Array(SHA256.hash(data: sealed.bytes)), from: partner, signedBy: signer ?? partner, change),
            of: message, as: partner)
    }

    /// Hands in a receipt as a partner.
    func handIn(_ receipt: [UInt8], of message: String, as partner: Town.Partner) async throws -> Answer {
        try await self.partner(partner, .POST, "/v1/inbox/\(message)/receipts", jose: receipt)
    }

    /// A signed receipt for a message with this digest.
    func receiptText(
        _ message: String, _ digest: [UInt8], from partner: Town.Partner, signedBy signer: Town.Partner,
        _ change: (inout Receipt) -> Void = { _ in }
    ) throws -> [UInt8] {
        var receipt = Receipt(
            messageId: message, digest: digest, from: partner.oin, to: Town.municipality, result: .opened,
            at: Int64(Date().timeIntervalSince1970 * 1000))
        change(&receipt)
        let key = try ES256SigningKey(pem: String(contentsOfFile: folder.partner(signer).path + "/sig.pem", encoding: .utf8))
        return try receipt.signed(by: key)
    }
}
