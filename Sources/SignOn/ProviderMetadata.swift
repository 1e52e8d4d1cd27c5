import Foundation
import StrictJSON

/// What the provider says of itself (OpenID Connect Discovery 1.0 §3).
struct ProviderMetadata: Hashable, Sendable {
    let authorization: String
    let token: String
    let keys: String
    /// Whether the client secret goes into the form, because the provider takes it nowhere else.
    let postsSecret: Bool
    /// Whether it names itself when it sends somebody back (RFC 9207).
    let namesItself: Bool

    /// - Throws: `unusable` with the member that is missing or wrong. `issuer` must be the one that was asked, or a provider could speak for
    ///   another (§4.3).
    init(_ json: JSONValue, issuer: String) throws(SignOnFault) {
        func address(_ name: String) throws(SignOnFault) -> String {
            guard let text = json[name]?.stringValue, let url = URL(string: text), url.scheme == "https", url.host?.isEmpty == false,
                url.fragment == nil
            else { throw .unusable(member: name) }
            return text
        }
        func offers(_ name: String, _ value: String, unlessSaid: Bool) -> Bool {
            json[name]?.arrayValue.map { $0.contains(.string(value)) } ?? unlessSaid
        }
        guard json["issuer"]?.stringValue == issuer else { throw .unusable(member: "issuer") }
        authorization = try address("authorization_endpoint")
        token = try address("token_endpoint")
        keys = try address("jwks_uri")
        guard offers("response_types_supported", "code", unlessSaid: false) else { throw .unusable(member: "response_types_supported") }
        // A provider that does not say takes S256 or ignores it; one that says, and does not list it, would not look at ours.
        guard offers("code_challenge_methods_supported", "S256", unlessSaid: true) else {
            throw .unusable(member: "code_challenge_methods_supported")
        }
        let methods = "token_endpoint_auth_methods_supported"
        postsSecret = !offers(methods, "client_secret_basic", unlessSaid: true) && offers(methods, "client_secret_post", unlessSaid: false)
        namesItself = json["authorization_response_iss_parameter_supported"] == true
    }
}
