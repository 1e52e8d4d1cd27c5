import COpenSSL

extension CertificateAuthority {
    /// Whether a revocation list is to be issued anew: a day after the last one, and at once when the clock stands before it, since a list that
    /// has not begun counts for nobody. Both in ms since 1970.
    public static func isListDue(since last: Int64, now: Int64) -> Bool { now < last || now - last > 86_400_000 }

    /// A certificate revocation list (RFC 5280 §5) as PEM.
    ///
    /// - Parameters:
    ///   - revoked: every certificate that no longer counts, not only the new ones.
    ///   - number: rises with every list.
    ///   - thisUpdate: ms since 1970.
    ///   - nextUpdate: ms since 1970; from then on whoever relies on this list refuses every certificate of this authority.
    /// - Throws: `invalidName` for a serial number that is not hexadecimal, `invalidTime`, `libraryFailure`.
    public func revocationList(_ revoked: [Revocation], number: Int64, thisUpdate: Int64, nextUpdate: Int64) throws(TrustError) -> [UInt8] {
        guard thisUpdate < nextUpdate else { throw .invalidTime }
        guard let pointer = X509_CRL_new() else { throw failure(.libraryFailure) }
        let list = RevocationList(taking: pointer)
        guard X509_CRL_set_version(pointer, 1) == 1, X509_CRL_set_issuer_name(pointer, X509_get_subject_name(certificate.pointer)) == 1
        else { throw failure(.libraryFailure) }
        try withASN1Time(thisUpdate) { X509_CRL_set1_lastUpdate(pointer, $0) }
        try withASN1Time(nextUpdate) { X509_CRL_set1_nextUpdate(pointer, $0) }
        for revocation in revoked {
            let digits = revocation.serial.utf8.count
            guard (1...40).contains(digits), revocation.serial.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { throw .invalidName }
            try withASN1Time(revocation.at) { cossl_add_revoked(pointer, revocation.serial, $0) }
        }
        guard cossl_add_list_extension(pointer, certificate.pointer, NID_authority_key_identifier, "keyid:always") == 1,
            cossl_add_list_number(pointer, number) == 1, X509_CRL_sort(pointer) == 1, X509_CRL_sign(pointer, key.pointer, EVP_sha256()) > 0
        else { throw failure(.libraryFailure) }
        return try withExtendedLifetime(list) { () throws(TrustError) in try written { PEM_write_bio_X509_CRL($0, pointer) } }
    }

    /// Whether a revocation list that this authority issued earlier can do for a new one.
    ///
    /// - Parameters:
    ///   - list: the earlier list, as PEM.
    ///   - revoked: every certificate that no longer counts; all of them must stand on it.
    ///   - now: ms since 1970; the list must be in force.
    public func isGood(_ list: [UInt8], for revoked: [Revocation], now: Int64) -> Bool {
        guard let lists = try? readLists(list), lists.count == 1, let from = lists[0].thisUpdate, let until = lists[0].nextUpdate,
            (from..<max(from, until)).contains(now), X509_CRL_verify(lists[0].pointer, key.pointer) == 1
        else {
            ERR_clear_error()
            return false
        }
        return revoked.allSatisfy { cossl_is_revoked(lists[0].pointer, $0.serial) == 1 }
    }
}
