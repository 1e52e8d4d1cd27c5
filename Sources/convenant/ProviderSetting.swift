import ArgumentParser
import Exchange
import Foundation
import SignOn
import Storage

extension Settings {
    /// `https://host:port`, without a path.
    static func isOrigin(_ text: String) -> Bool {
        guard let url = URL(string: text) else { return false }
        return url.scheme == "https" && url.host?.isEmpty == false && url.path.isEmpty && url.query == nil && url.fragment == nil
    }

    /// What the settings say of the municipality's OpenID provider; nil when `provider.issuer` names none.
    ///
    /// Its client secret stands in `secrets/provider-client-secret` of the data folder; without that file Convenant is a public client.
    static func provider(
        _ values: [String: String], folder: DataFolder, secondFactor: SecondFactorRule, wrong: (String, String) -> ExitCode
    ) throws -> ProviderSettings? {
        guard let issuer = values["provider.issuer"] else { return nil }
        guard let url = URL(string: issuer), url.scheme == "https", url.host?.isEmpty == false, url.query == nil, url.fragment == nil else {
            throw wrong("provider.issuer", "the provider's https address as it says it itself, without ? and #")
        }
        guard let own = values["staff.url"] else {
            throw wrong("staff.url", "where people reach the pages: https://host:port, without a path")
        }
        let levels = (values["provider.levels"] ?? "").split(separator: " ").map(String.init)
        guard !levels.isEmpty || secondFactor == .optional else {
            throw wrong(
                "provider.levels", "the provider's `acr` values that stand for a second factor, as staff.secondFactor is `required`")
        }
        var secret: String?
        if FileManager.default.fileExists(atPath: folder.providerClientSecret) {
            let bytes = try readInput(folder.providerClientSecret, what: "the provider's client secret")
            secret = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return ProviderSettings(
            issuer: issuer, clientID: values["provider.clientId"] ?? "", clientSecret: secret, ownAddress: own, levels: levels,
            roots: try values["provider.roots"].map { try readInput($0, what: "the provider's roots") })
    }
}
