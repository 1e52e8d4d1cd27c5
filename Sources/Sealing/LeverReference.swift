import Casework
import Crypto

extension LeverReferenceID {
    /// A lever as one partner knows it: made for that partner alone, so that two partners can join nothing by it, and the same in every
    /// message to it, so that it can ask after the lever.
    ///
    /// A UUID of version 8 (RFC 9562): the first 16 bytes of HMAC-SHA256(key, 16 bytes of the lever's id ‖ 20 digits of the partner's OIN).
    /// - Parameter key: of the casefile and for this use; when it is destroyed, nobody can tell any more which lever it was.
    public init(_ lever: LeverID, for partner: OrganisationNumber, under key: SymmetricKey) {
        var bytes = Array(HMAC<SHA256>.authenticationCode(for: lever.bytes + partner.description.utf8, using: key).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        func number(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: number(bytes[..<8]), low: number(bytes[8...]))
    }
}
