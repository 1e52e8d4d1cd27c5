import AuditTrail
import Casework
import PartnerTrust
import Sealing
import Storage
import StrictJSON

/// Our signing key of one profile, with its certificate, where it stands in its change.
public struct HeldSigningKey: Sendable {
    /// For which messages it is.
    public enum Profile: String, CaseIterable, Sendable {
        /// The default profiles: ES256.
        case jose
        /// The NL GOV profile: PS256.
        case nlGov = "nlgov"
    }
    /// Where it stands. A key is published in every state, since partners keep our key set for a while.
    public enum State: String, CaseIterable, Sendable {
        /// Made and published; signs nothing yet.
        case next
        /// Signs.
        case current
        /// Signed until the next one took its place.
        case former
    }

    public let key: SigningKey
    /// The chain of its certificate, leaf first, DER; empty when it has none.
    public let chain: [[UInt8]]
    public let profile: Profile
    public let state: State

    public init(_ key: SigningKey, chain: [[UInt8]] = [], state: State = .current) {
        self.key = key
        self.chain = chain
        profile = key.isNLGov ? .nlGov : .jose
        self.state = state
    }
}

/// Our signing keys of both profiles, those under change included.
public struct SigningKeys: Sendable {
    /// All of them; at most one a profile and state.
    public let all: [HeldSigningKey]
    /// The key of the default profiles.
    let signer: HeldSigningKey

    /// The key that signs, and whatever stands beside it.
    public init(_ signer: HeldSigningKey, beside others: [HeldSigningKey] = []) {
        self.signer = signer
        all = [signer] + others
    }

    subscript(_ profile: HeldSigningKey.Profile, _ state: HeldSigningKey.State) -> HeldSigningKey? {
        all.first { $0.profile == profile && $0.state == state }
    }
}

/// A step in the change of a signing key.
public enum SigningKeyStep: Sendable {
    /// A next key was made; it is published from now on.
    case made
    /// The next key signs from now on, and the one that did is published still.
    case switched
    /// The former key is published no more, and destroyed.
    case retired

    fileprivate var event: AuditEvent {
        switch self {
        case .made: .keyMade
        case .switched: .keySwitched
        case .retired: .keyRetired
        }
    }
}

extension ReferralDesk {
    /// Our signing keys as they are now.
    var signingKeys: SigningKeys { signing.withLock { $0 } }

    /// What sealing needs of them.
    var sealing: SealingKeys {
        let keys = signingKeys
        return SealingKeys(signing: keys.signer.key, nlGov: keys[.nlGov, .current]?.key, queue: queueKey)
    }

    /// Our public keys for verifying messages as a JWK Set: of each profile the one that signs, and those before and after it.
    public func publicKeys() -> JSONValue {
        ["keys": .array(signingKeys.all.compactMap { try? $0.key.publicJWK(chain: $0.chain) })]
    }

    /// Our signing keys for `keys list`: `[{kid, profile, state, from?, until?}]`, the term being the certificate's.
    func signingKeysJSON() -> JSONValue {
        .array(
            signingKeys.all.map { held in
                var json: JSONObject = [
                    "kid": .string(held.key.kid), "profile": .string(held.profile.rawValue), "state": .string(held.state.rawValue),
                ]
                func instant(_ milliseconds: Int64?) -> JSONValue? {
                    milliseconds.map { .string(Instant(millisecondsSince1970: $0).rfc3339) }
                }
                json["from"] = instant(held.chain.first.flatMap(notBefore))
                json["until"] = instant(held.chain.first.flatMap(notAfter))
                return .object(json)
            })
    }

    /// Works with these signing keys from now on, and records the step by which they came about. `kid` is the key that the step is about.
    ///
    /// 200 `{kid, profile}`.
    public func adopt(_ keys: SigningKeys, after step: SigningKeyStep, kid: String, _ profile: HeldSigningKey.Profile)
        async throws(DeskRefusal) -> DeskAnswer
    {
        signing.withLock { $0 = keys }
        let now = world.wall()
        let recorded = entry(step.event, by: .daemon, facts: ["kid": .text(kid), "profile": .text(profile.rawValue)])
        try await commit { transaction in
            if step == .switched { try transaction.noteKeySwitch(of: profile.rawValue, at: now) }
            try transaction.append([recorded])
        }
        return DeskAnswer(status: 200, body: ["kid": .string(kid), "profile": .string(profile.rawValue)])
    }

    /// Notes that the next key of a profile signs from now on.
    public func noteKeySwitch(of profile: HeldSigningKey.Profile) async throws(DeskRefusal) {
        let now = world.wall()
        try await commit { try $0.noteKeySwitch(of: profile.rawValue, at: now) }
    }

    /// Refuses to let a key sign whose certificate partners would not accept: it is ours, for signing, and counts now.
    public func demandCertificate(of key: HeldSigningKey) throws(DeskRefusal) {
        let why: String
        switch trust.verdict(chainDER: key.chain, purpose: .signing, now: world.wall().millisecondsSince1970) {
        case .trusted(municipality.oin.description, _): return
        case .trusted: why = "wrong-oin"
        case .refused(let refusal): why = key.chain.isEmpty ? "there is none" : refusal.code
        }
        throw .signingKeyRefused(
            "next-not-certified", "the next key has no certificate that partners would accept: \(why)",
            "put one for signing, with our OIN, into trust/ and its issuer's list into trust/lists, and restart; see certs/README.md")
    }

    /// Refuses while a message that the former key may have signed has not been received: its partner would look for that key in vain.
    public func demandNothingWaits(forFormerKeyOf profile: HeldSigningKey.Profile) async throws(DeskRefusal) {
        guard
            try await read({ transaction in
                try transaction.keySwitch(of: profile.rawValue).map { try transaction.hasLiveMessage(queuedUntil: $0) } ?? false
            })
        else { return }
        throw .signingKeyRefused(
            "key-in-use", "messages that it signed have not been received yet",
            "wait for their receipts; when others may know the key, `keys retire --at-once`")
    }
}

extension DeskRefusal {
    /// Why a step with a signing key is not done now.
    public static func signingKeyRefused(_ code: String, _ detail: String, _ hint: String) -> DeskRefusal {
        .invalidInput([InputFault(pointer: "/signing", code: code, detail: detail, hint: hint)])
    }
}
