import Casework
import JOSE

/// A receipt whose signature is the partner's and that is addressed to us (contract §4). About which message, its taker still checks.
public struct TakenReceipt: Sendable {
    public let message: MessageID
    /// SHA-256 of the compact JWE that the partner received.
    public let digest: [UInt8]
    /// Whether the partner opened the message or refused it.
    public let opened: Bool
    /// The partner's code for a refusal.
    public let code: String?
    /// What the partner did after a recall: `stopped`, `keptUnderOwnDuty` or `notFound`.
    public let answer: String?
    /// The act and article under which the partner keeps something, in its own words.
    public let article: String?
    /// The role of whoever read it, in the partner's own word; nil where it names none.
    public let readerRole: String?
    /// The version of the covenant that the reader has acknowledged, or else that the partner holds; nil where it names none.
    public let covenantVersion: Int64?
    /// When the partner says it happened; recorded, never compared.
    public let at: Instant

    /// Verifies a receipt by one of the partner's `sig` keys: while it changes keys there are two that may have signed it.
    public init(verifying compact: [UInt8], by keys: [PartnerKeys], from partner: OrganisationNumber, to us: OrganisationNumber)
        throws(SealingError)
    {
        let receipt: Receipt
        do {
            receipt = try Receipt.verify(
                compact, keys: keys.map(\.keySet.signing), from: partner.description, to: us.description)
        } catch { throw .receipt(code: error.code) }
        guard let id = MessageID(receipt.messageId) else { throw .receipt(code: "malformed") }
        message = id
        digest = receipt.digest
        opened = receipt.result == .opened
        code = receipt.code
        answer = receipt.answer?.rawValue
        article = receipt.article
        readerRole = receipt.readerRole
        covenantVersion = receipt.covenantVersion
        at = Instant(millisecondsSince1970: receipt.at)
    }
}
