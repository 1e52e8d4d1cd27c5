import JOSE

extension PartnerIdentity {
    /// Refuses a payload whose profile asks for a signature beside it, and which has none, two, or one that does not hold.
    ///
    /// It is looked at before anything is opened. A partner of the default profile has nothing to look at here: its messages are signed inside.
    /// - Parameters: every value of the two header fields in the HTTP message.
    /// - Throws: `payloadNotSigned`; `sealedToOtherKey`, as the key says which profile it is.
    func checkPayload(_ body: [UInt8], signatures: [String], digests: [String]) throws(PartnerFault) {
        guard try encryptionKey(for: body).publicKey.kind == .rsa else { return }
        do { try PayloadSignature.verify(signatures, digests: digests, of: body, keys: exchangeKeys) } catch {
            throw .payloadNotSigned(reason: error.code)
        }
    }
}
