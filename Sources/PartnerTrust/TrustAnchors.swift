import COpenSSL

/// The roots that are trusted and the revocation lists at hand, as a data folder holds them (`trust/roots.pem`, `trust/lists/*.crl`).
public struct TrustAnchors: Sendable {
    let roots: [Certificate]
    let lists: [RevocationList]

    /// - Parameters:
    ///   - roots: PEM of one or more certificates; only self-signed ones end a chain, others help to build it.
    ///   - lists: revocation lists, each PEM (one or more) or DER.
    /// - Throws: `notACertificate` without a root or with a damaged one; `notAList`, also for a list without `nextUpdate`,
    ///   which would be good for ever.
    public init(roots: [UInt8], lists: [[UInt8]]) throws(TrustError) {
        self.roots = try readCertificates(pem: roots)
        var all: [RevocationList] = []
        for bytes in lists {
            for list in try readLists(bytes) {
                guard list.nextUpdate != nil else { throw .notAList }
                all.append(list)
            }
        }
        self.lists = all
    }

    /// When the first of the revocation lists ends, ms since 1970: from then on every certificate of its authority is refused. Nil without lists.
    public var firstListEnd: Int64? { lists.compactMap(\.nextUpdate).min() }
}

/// Every certificate of a PEM text.
func readCertificates(pem: [UInt8]) throws(TrustError) -> [Certificate] {
    var all: [Certificate] = []
    guard !pem.isEmpty else { throw .notACertificate }
    let atEnd = try withReadBIO(pem) { bio in
        while let pointer = PEM_read_bio_X509(bio, nil, nil, nil) { all.append(Certificate(taking: pointer)) }
        return isEndOfPEM()
    }
    guard atEnd, !all.isEmpty else { throw failure(.notACertificate) }
    return all
}

private func readLists(_ bytes: [UInt8]) throws(TrustError) -> [RevocationList] {
    // DER begins with a SEQUENCE, PEM with text
    if bytes.first == 0x30 {
        let parsed = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_X509_CRL(nil, &cursor, buffer.count)
        }
        guard let parsed else { throw failure(.notAList) }
        return [RevocationList(taking: parsed)]
    }
    var all: [RevocationList] = []
    guard !bytes.isEmpty else { throw .notAList }
    let atEnd = try withReadBIO(bytes) { bio in
        while let pointer = PEM_read_bio_X509_CRL(bio, nil, nil, nil) { all.append(RevocationList(taking: pointer)) }
        return isEndOfPEM()
    }
    guard atEnd, !all.isEmpty else { throw failure(.notAList) }
    return all
}

/// Whether reading stopped because nothing more came, and not at a damaged block.
private func isEndOfPEM() -> Bool {
    defer { ERR_clear_error() }
    return cossl_is_end_of_pem(ERR_peek_last_error()) == 1
}
