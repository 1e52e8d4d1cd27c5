import Foundation
import StrictJSON

extension JWK {
    /// A public key from a key set. Unknown members are ignored, as RFC 7517 §4 demands; private ones are refused.
    ///
    /// Throws `invalidKey` for private members, wrong lengths, a point off the curve, a `kid` that is not the thumbprint;
    /// `algorithmNotAllowed` for another `kty`, `crv`, `use` or `alg`; `certificateMismatch` when `x5c` certifies another key.
    public init(_ json: JSONValue) throws(JOSEError) {
        guard case .object(let object) = json else { throw .malformed }
        // whoever publishes a private key has lost it: better told now than after the first message
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] where object[name] != nil { throw .invalidKey }
        let use = try JWK.use(of: object)
        let chain = try JWK.certificates(of: object)
        try self.init(publicMembersOf: object, use: use, certificateChain: chain)
        if let claimed = try object.optionalString("kid"), !sameText(claimed, kid) { throw .invalidKey }
        if let algorithm = try object.optionalString("alg") {
            guard let use, let only = self.algorithm(for: use), sameText(algorithm, only) else { throw .algorithmNotAllowed }
        }
    }

    /// The key in `kty`, `crv`, `x`, `y`, or `kty`, `n`, `e`, alone.
    init(publicMembersOf object: JSONObject, use: Use?, certificateChain: [[UInt8]] = []) throws(JOSEError) {
        let type = try object.requiredString("kty")
        if type == Kind.rsa.rawValue {
            let key = try RSAKey.fromNumbers([JWK.number("n", of: object), JWK.number("e", of: object)])
            try self.init(.rsa(key), x: [], y: [], use: use, certificateChain: certificateChain)
            return
        }
        guard let kind = Kind(rawValue: try object.requiredString("crv")) else { throw .algorithmNotAllowed }
        let x = try JWK.coordinate("x", of: object)
        switch (type, kind) {
        case ("EC", .p256):
            try self.init(p256: x, JWK.coordinate("y", of: object), use: use, certificateChain: certificateChain)
        case ("OKP", .x25519):
            guard object["y"] == nil else { throw .invalidKey }
            try self.init(x25519: x, use: use, certificateChain: certificateChain)
        default: throw .algorithmNotAllowed
        }
    }

    static func coordinate(_ name: String, of object: JSONObject) throws(JOSEError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try object.requiredString(name)), bytes.count == 32 else { throw .invalidKey }
        return bytes
    }

    /// A number of an RSA key, big-endian (RFC 7518 §6.3.1): base64url.
    static func number(_ name: String, of object: JSONObject) throws(JOSEError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try object.requiredString(name, limit: 2048)) else { throw .invalidKey }
        return bytes
    }

    private static func use(of object: JSONObject) throws(JOSEError) -> Use? {
        guard let text = try object.optionalString("use") else { return nil }
        guard let use = Use(rawValue: text) else { throw .algorithmNotAllowed }
        return use
    }

    private static func certificates(of object: JSONObject) throws(JOSEError) -> [[UInt8]] {
        guard let value = object["x5c"] else { return [] }
        guard case .array(let items) = value, !items.isEmpty, items.count <= 8 else { throw .malformed }
        var chain: [[UInt8]] = []
        for item in items {
            // `x5c` is base64 with padding, not base64url (RFC 7517 §4.7)
            guard case .string(let text) = item, text.utf8.count <= 16_384, let der = Data(base64Encoded: text),
                base64(padded: Array(der)) == text
            else { throw .malformed }
            chain.append(Array(der))
        }
        return chain
    }
}

/// Base64 with padding (RFC 4648 §4).
func base64(padded bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
