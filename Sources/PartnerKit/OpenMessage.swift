import JOSE

extension PartnerIdentity {
    /// Opens a message that comes now, and checks all of it. Throws `PartnerFault.sealedToOtherKey`, or a `JOSEError` for what is wrong with it.
    /// - Parameter now: ms since 1970.
    func open(_ sealed: [UInt8], now: Int64) throws -> OpenedMessage { try open(sealed, signedBy: exchangeKeys, now: now) }

    /// Opens a message that was checked when it came and is kept here since: its term may have passed, and the exchange may have changed its key.
    /// Throws as ``open(_:now:)``.
    func openKept(_ sealed: [UInt8]) throws -> OpenedMessage { try open(sealed, signedBy: known.seen, now: 0) }

    /// What a kept message says, whether it is kept as it came or as the text that was in it; nil where neither can be read.
    func payload(ofKept bytes: [UInt8]) -> MessagePayload? {
        (try? openKept(bytes).payload) ?? (try? MessagePayload(bytes, ownOIN: oin, now: 0))
    }

    private func open(_ sealed: [UInt8], signedBy senderKeys: [JWK], now: Int64) throws -> OpenedMessage {
        try SealedOpener.open(
            sealed, encKey: try encryptionKey(for: sealed), senderKeys: senderKeys, senderOIN: exchangeOIN, ownOIN: oin, now: now)
    }

    /// The key that a message says it is sealed to; where it says nothing that can be read, the one of now, which then refuses it.
    ///
    /// Throws `sealedToOtherKey` where that key is not here. It may be one that was put away too early, or is not put here yet, and a signed
    /// refusal would be final.
    func encryptionKey(for sealed: [UInt8]) throws(PartnerFault) -> AgreementPrivateKey {
        guard let kid = try? JWE.recipientKeyID(of: sealed) else { return encryptionKey }
        guard let key = ([encryptionKey] + formerEncryptionKeys).first(where: { $0.kid == kid }) else { throw .sealedToOtherKey }
        return key
    }
}
