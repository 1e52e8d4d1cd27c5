/// A message that was opened, and whose signature, recipient and term were checked.
public struct OpenedMessage: Sendable {
    /// What the sender signed.
    public let payload: MessagePayload
    /// SHA-256 of the compact JWE as received (32 bytes): what the receipt repeats and the sender's log holds.
    public let digest: [UInt8]
    /// The key that signed it: an RFC 7638 thumbprint.
    public let signedBy: String
}

/// Opening of sealed messages: decrypt, verify, read, in this order and never in part.
public enum SealedOpener {
    /// Opens a sealed message, version 1.
    ///
    /// - Parameters:
    ///   - jwe: the compact JWE as received.
    ///   - encKey: the reader's private `enc` key.
    ///   - senderKeys: the `sig` keys of the one organisation that may have sent it.
    ///   - senderOIN: that organisation's number. Leave it out only where `payload.from` is compared with the owner of `senderKeys`
    ///     afterwards: a signature proves the key, not the name in the text.
    ///   - ownOIN: the reader's organisation number.
    ///   - now: ms since 1970.
    /// - Throws: whatever was wrong first; nothing of the content.
    public static func open(
        _ jwe: [UInt8], encKey: AgreementPrivateKey, senderKeys: [JWK], senderOIN: String? = nil, ownOIN: String, now: Int64
    ) throws(JOSEError) -> OpenedMessage {
        let signed = try JWE.open(jwe, key: encKey, typ: MessageType.sealed, cty: MessageType.signed)
        let (bytes, key) = try JWS.verify(signed, typ: MessageType.signed, keys: senderKeys)
        let payload = try MessagePayload(bytes, ownOIN: ownOIN, now: now)
        if let senderOIN, !sameText(payload.from, senderOIN) { throw .wrongSender }
        return OpenedMessage(payload: payload, digest: sha256(jwe), signedBy: key.kid)
    }
}
