import Foundation
import JOSE
import PartnerTrust
import StrictJSON
import Synchronization

/// The exchange's `sig` keys as they are known here now, for everything that opens its messages.
final class KnownKeys: Sendable {
    private struct State {
        var keys: [JWK]
        var seen: [JWK]
        var renewedAt: Int64?

        mutating func note(_ keys: [JWK]) {
            self.keys = keys
            seen += keys.filter { !seen.contains($0) }
        }
    }

    private let state: Mutex<State>

    /// - Parameter seen: keys of now and of before, as they were written down here.
    init(_ keys: [JWK], seen: [JWK]) {
        var known = State(keys: [], seen: seen)
        known.note(keys)
        state = Mutex(known)
    }

    var keys: [JWK] { state.withLock { $0.keys } }

    /// Those of now and of before. They verify what is kept here and was verified when it came; nothing new is taken by one of before.
    var seen: [JWK] { state.withLock { $0.seen } }

    /// Whether it is time to ask again: whoever sends nonsense shall not make us ask all day.
    func mayBeRenewed(at now: Int64) -> Bool { state.withLock { state in state.renewedAt.map { now - $0 >= 60_000 || now < $0 } ?? true } }

    /// Notes what the exchange told.
    func renew(_ keys: [JWK], at now: Int64) {
        state.withLock { state in
            state.note(keys)
            state.renewedAt = now
        }
    }

    /// Whether a key is known now that is not among these.
    func isMore(than tried: [JWK]) -> Bool { !Set(keys.map(\.kid)).isSubset(of: tried.map(\.kid)) }
}

extension PartnerIdentity {
    /// Every key of the exchange that was written down here. A file that was damaged is put aside: those of now stand in another, and without one
    /// of before it is only what is kept from its days that cannot be read. Throws `missing`, `permissions`, `notStored`.
    static func seenKeys(in folder: PartnerFolder) throws(PartnerFault) -> [JWK] {
        guard folder.has(.seenExchangeKeys) else { return [] }
        do throws(PartnerFault) { return try verificationKeys(in: folder, .seenExchangeKeys) } catch {
            guard case .unusable(let file, _) = error else { throw error }
            guard rename(file, file + ".damaged") == 0 else { throw .notStored(file: file) }
            return []
        }
    }

    /// Writes down every key of the exchange that was ever known here, so that what is kept can be read after it has changed them, by whichever
    /// way. Throws `notStored`.
    func keepExchangeKeys() throws(PartnerFault) {
        let set: JSONValue = ["keys": .array(known.seen.map { .object($0.json) })]
        let bytes = set.canonicalBytes()
        guard contents(of: folder.path(of: .seenExchangeKeys)) != bytes else { return }
        try writeDurably(bytes, to: folder.path, PartnerFolder.File.seenExchangeKeys.rawValue, mode: 0o644)
    }
}

extension ExchangeClient {
    /// Asks the exchange for its keys of now, at most once a minute, and writes them to `exchange-jwks.json`.
    ///
    /// The pinning stays: the set is taken only when every key in it has a certificate of the municipality that leads to a root in
    /// `exchange-roots.pem`. Else what is known stays, and somebody compares the set with the registration letter.
    /// - Parameter tried: the keys among which the one that is looked for was not.
    /// - Returns: whether a key is known now that was not tried; several messages may have asked at once, and one of them brought it.
    /// - Throws: what kept the exchange from telling, or `notTaken` while it is too early to ask; then nothing is known of the key that was
    ///   looked for.
    public func renewKeys(after tried: [JWK]) async throws(PartnerFault) -> Bool {
        let now = systemMilliseconds()
        guard identity.known.mayBeRenewed(at: now) else {
            guard identity.known.isMore(than: tried) else { throw .notTaken }
            return true
        }
        let set = try await json(.GET, "/v1/jwks.json")
        let roots = try identity.folder.read(.exchangeRoots)
        let keys = try PartnerIdentity.verificationKeys(set, for: identity.folder)
        let isOurs = keys.allSatisfy { key in
            certificateLeads(key.certificateChain, to: roots, for: .signing, now: now) == identity.exchangeOIN
        }
        if isOurs {
            try writeDurably(set.canonicalBytes(), to: identity.folder.path, PartnerFolder.File.exchangeKeys.rawValue, mode: 0o644)
        }
        identity.known.renew(isOurs ? keys : identity.exchangeKeys, at: now)
        try identity.keepExchangeKeys()
        return identity.known.isMore(than: tried)
    }

    /// Checks a payload's signature, and once more with the keys of now when it is by one that is not known here.
    func renewingKeys(_ check: () throws(PartnerFault) -> Void) async throws(PartnerFault) {
        let tried = identity.exchangeKeys
        do throws(PartnerFault) { try check() } catch {
            guard case .payloadNotSigned(JOSEError.unknownKey.code) = error, try await renewKeys(after: tried) else { throw error }
            try check()
        }
    }
}
