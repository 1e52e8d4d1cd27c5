import JOSE

extension PartnerIdentity {
    /// Refuses a payload whose profile asks for a signature beside it, and which has none, two, or one that does not hold.
    ///
    /// It is looked at before anything is opened. A partner of the default profile has nothing to look at here: its messages are signed inside.
    /// - Parameters: every value of the two header fields in the HTTP message.
    /// - Throws: `payloadNotSigned`.
    func checkPayload(_ body: [UInt8], signatures: [String], digests: [String]) throws(PartnerFault) {
        // One sealed to a key that is not here is refused on receiving, unless it has its receipt already.
        let key = (try? encryptionKey(for: body)) ?? encryptionKey
        guard key.publicKey.kind == .rsa else { return }
        do { try PayloadSignature.verify(signatures, digests: digests, of: body, keys: exchangeKeys) } catch {
            throw .payloadNotSigned(reason: error.code)
        }
    }
}
