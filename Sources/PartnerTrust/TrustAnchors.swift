import COpenSSL

/// The roots that are trusted and the revocation lists at hand, as a data folder holds them (`trust/roots.pem`, `trust/lists/*.crl`).
public struct TrustAnchors: Sendable {
    let roots: [Certificate]
    private(set) var lists: [RevocationList] = []

    /// - Parameters:
    ///   - roots: PEM of one or more certificates; only self-signed ones end a chain, others help to build it.
    ///   - lists: revocation lists, each PEM (one or more) or DER.
    /// - Throws: `notACertificate` without a root or with a damaged one; `notAList`, also for a list without `nextUpdate`,
    ///   which would be good for ever.
    public init(roots: [UInt8], lists: [[UInt8]]) throws(TrustError) {
        self.roots = try readCertificates(pem: roots)
        for list in lists { try add(list) }
    }

    /// The same with one more file of revocation lists: PEM (one or more) or DER. Throws `notAList`.
    public func adding(_ list: [UInt8]) throws(TrustError) -> TrustAnchors {
        var sum = self
        try sum.add(list)
        return sum
    }

    /// The same with those of the other lists that no list of the same authority here is as new as.
    func keeping(_ others: [RevocationList]) -> TrustAnchors {
        var sum = self
        sum.lists += others.filter { other in !lists.contains { $0.isAsNew(as: other) } }
        return sum
    }

    private mutating func add(_ bytes: [UInt8]) throws(TrustError) {
        let read = try readLists(bytes)
        guard read.allSatisfy({ $0.nextUpdate != nil }) else { throw .notAList }
        lists += read
    }

    /// When the first authority's last revocation list ends, ms since 1970: from then on its every certificate is refused. Nil without lists.
    public var firstListEnd: Int64? {
        Dictionary(grouping: lists, by: \.issuer).values.compactMap { $0.compactMap(\.nextUpdate).max() }.min()
    }
}

/// Every certificate of a PEM text.
func readCertificates(pem: [UInt8]) throws(TrustError) -> [Certificate] {
    var all: [Certificate] = []
    guard !pem.isEmpty else { throw .notACertificate }
    let atEnd = try withReadBIO(pem) { bio in
        while let pointer = cossl_read_certificate(bio) { all.append(Certificate(taking: pointer)) }
        return isEndOfPEM()
    }
    guard atEnd, !all.isEmpty else { throw failure(.notACertificate) }
    return all
}

func readLists(_ bytes: [UInt8]) throws(TrustError) -> [RevocationList] {
    // DER begins with a SEQUENCE, PEM with text
    if bytes.first == 0x30 {
        return [try RevocationList(der: bytes)]
    }
    var all: [RevocationList] = []
    guard !bytes.isEmpty else { throw .notAList }
    let atEnd = try withReadBIO(bytes) { bio in
        while let pointer = cossl_read_list(bio) { all.append(RevocationList(taking: pointer)) }
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
