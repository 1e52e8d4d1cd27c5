import JWTKit
import StrictJSON

extension JWTKeyCollection {
    /// The keys of a provider's set by which an ID token can be verified. The others are passed over (RFC 7517 §5): those for encryption, of a
    /// kind that is not known here, or that cannot be read.
    ///
    /// - Throws: `unusable` with `keys` when none is left.
    static func verifying(_ set: JSONValue) async throws(SignOnFault) -> JWTKeyCollection {
        let collection = JWTKeyCollection()
        var isEmpty = true
        for (place, key) in (set["keys"]?.arrayValue ?? []).enumerated() {
            guard key["use"]?.stringValue ?? "sig" == "sig", key["alg"]?.stringValue.map(IDToken.algorithms.contains) ?? true,
                var jwk = try? JWK(json: key.canonicalText)
            else { continue }
            // A key that stands alone needs no name (OpenID Connect Core 1.0 §10.1), but jwt-kit wants one; a token that names none is held
            // to the first.
            if jwk.keyIdentifier == nil { jwk.keyIdentifier = JWKIdentifier(string: "without kid \(place)") }
            if (try? await collection.add(jwk: jwk)) != nil { isEmpty = false }
        }
        guard !isEmpty else { throw .unusable(member: "keys") }
        return collection
    }
}
