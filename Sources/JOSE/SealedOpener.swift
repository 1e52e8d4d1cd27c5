/// A message that was opened, and whose signature, recipient and term were checked.
public struct OpenedMessage: Sendable {
    /// What the sender signed.
    public let payload: MessagePayload
    /// The signed text itself (JSON), for keeping.
    public let plaintext: [UInt8]
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
    ///   - senderKeys: the `sig` keys of the one organisation that may have sent it; those of another profile than `encKey`'s are left out.
    ///   - senderOIN: that organisation's number. Leave it out only where `payload.from` is compared with the owner of `senderKeys`
    ///     afterwards: a signature proves the key, not the name in the text.
    ///   - ownOIN: the reader's organisation number.
    ///   - now: ms since 1970.
    /// - Throws: whatever was wrong first; nothing of the content.
    public static func open(
        _ jwe: [UInt8], encKey: AgreementPrivateKey, senderKeys: [JWK], senderOIN: String? = nil, ownOIN: String, now: Int64
    ) throws(JOSEError) -> OpenedMessage {
        let (bytes, key) = try openSigned(jwe, encKey: encKey, senderKeys: senderKeys)
        let payload = try MessagePayload(bytes, ownOIN: ownOIN, now: now)
        if let senderOIN, !sameText(payload.from, senderOIN) { throw .wrongSender }
        return OpenedMessage(payload: payload, plaintext: bytes, digest: sha256(jwe), signedBy: key.kid)
    }

    /// Decrypts and verifies, and leaves the reading to the caller: whose message it is, for whom and until when has not been looked at.
    ///
    /// Both layers are of the one profile that `encKey` is for: a default signature inside an NL GOV message is refused, and the reverse.
    public static func openSigned(_ jwe: [UInt8], encKey: AgreementPrivateKey, senderKeys: [JWK]) throws(JOSEError) -> (
        payload: [UInt8], key: JWK
    ) {
        let own = encKey.publicKey
        let signed = try JWE.open(jwe, key: encKey, typ: MessageType.sealed(to: own), cty: MessageType.signed)
        return try JWS.verify(signed, typ: MessageType.signed, keys: senderKeys, by: own.kind.signer)
    }
}
