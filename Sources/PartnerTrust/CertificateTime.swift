import COpenSSL

/// The instant that an ASN.1 time names, in ms since 1970; nil when it is not well-formed.
func milliseconds(of time: UnsafePointer<ASN1_TIME>) -> Int64? {
    // days and seconds between two ASN.1 times: no time zone, no `time_t` of the platform
    guard let epoch = ASN1_TIME_set(nil, 0) else { return nil }
    defer { ASN1_STRING_free(epoch) }
    var days: Int32 = 0
    var seconds: Int32 = 0
    guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else {
        ERR_clear_error()
        return nil
    }
    return (Int64(days) * 86_400 + Int64(seconds)) * 1000
}

/// An instant as seconds since 1970, parts of a second dropped.
func wholeSeconds(_ milliseconds: Int64) -> time_t {
    time_t(milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000)
}

/// An ASN.1 time (UTCTime up to 2049, then GeneralizedTime: RFC 5280 §4.1.2.5) for the length of `body`.
/// Parts of a second are dropped.
func withASN1Time(_ milliseconds: Int64, _ body: (UnsafeMutablePointer<ASN1_TIME>) -> Int32) throws(TrustError) {
    // 1950-01-01 and 9999-12-31T23:59:59Z, between which one of the two forms can be written
    guard (-631_152_000_000...253_402_300_799_000).contains(milliseconds) else { throw .invalidTime }
    guard let time = ASN1_TIME_set(nil, wholeSeconds(milliseconds)) else { throw failure(.libraryFailure) }
    defer { ASN1_STRING_free(time) }
    guard body(time) == 1 else { throw failure(.libraryFailure) }
}
