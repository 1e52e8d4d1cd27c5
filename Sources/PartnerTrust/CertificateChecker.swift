import COpenSSL
import Synchronization

/// Says whether a partner's certificate counts, now, and remembers a yes until something on which it rests can have changed.
///
/// Made for being asked on every request: a resumed TLS session never shows its certificate to the handshake's own check, so a
/// certificate revoked after its first handshake would be answered for days. A kept verdict costs one SHA-256 and a look-up.
/// Only a yes is kept. A no depends on the chain that was shown, which anybody can show wrongly.
public final class CertificateChecker: Sendable {
    private struct Question: Hashable {
        let leaf: [UInt8]
        let purpose: CertificatePurpose
    }

    private struct State {
        var anchors: TrustAnchors
        var trust: TrustStore
        var revision: Int
        var kept: [Question: KeptVerdict] = [:]
    }

    /// How many certificates a chain may have; a longer one is refused unread.
    public static let longestChain = 10

    /// More different partners than any municipality has; over it all verdicts are made anew.
    private static let keptLimit = 4096

    private let state: Mutex<State>

    /// Throws `libraryFailure` when there is no memory.
    public init(_ anchors: TrustAnchors) throws(TrustError) {
        let trust = try TrustStore(anchors)
        state = Mutex(State(anchors: anchors, trust: trust, revision: 1))
    }

    /// How often roots and lists were set: 1 after `init`.
    public var revision: Int { state.withLock { $0.revision } }

    /// Takes other roots and lists in use; every kept verdict is forgotten.
    /// - Parameter keepingLists: whether a list in use goes on counting while its authority has none as new among the others.
    public func replaceTrust(_ anchors: TrustAnchors, keepingLists: Bool = false) throws(TrustError) {
        let anchors = keepingLists ? anchors.keeping(state.withLock { $0.anchors.lists }) : anchors
        let trust = try TrustStore(anchors)
        state.withLock {
            $0.anchors = anchors
            $0.trust = trust
            $0.revision += 1
            $0.kept = [:]
        }
    }

    /// Whether the certificate `chainDER.first` counts for `purpose` at `now`.
    ///
    /// - Parameters:
    ///   - chainDER: DER, leaf first; a root in it is not trusted for being there.
    ///   - now: ms since 1970.
    public func verdict(chainDER: [[UInt8]], purpose: CertificatePurpose, now: Int64) -> CertificateVerdict {
        guard let leaf = chainDER.first, chainDER.count <= Self.longestChain else { return .refused(.malformed) }
        let question = Question(leaf: certificateSHA256(leaf), purpose: purpose)
        let (kept, trust, revision) = state.withLock { ($0.kept[question], $0.trust, $0.revision) }
        if let kept, kept.holds(at: now) { return .trusted(oin: kept.oin, validUntil: kept.validUntil) }

        switch trust.check(chainDER, purpose: purpose, now: now) {
        case .failure(let refusal):
            state.withLock { if $0.revision == revision { $0.kept[question] = nil } }
            return .refused(refusal.reason)
        case .success(let fresh):
            state.withLock {
                // trust may have changed while this was being checked: then the verdict answers this one question only
                guard $0.revision == revision else { return }
                if $0.kept.count >= Self.keptLimit { $0.kept = [:] }
                $0.kept[question] = fresh
            }
            return .trusted(oin: fresh.oin, validUntil: fresh.validUntil)
        }
    }

    /// How many verdicts are kept.
    var keptCount: Int { state.withLock { $0.kept.count } }
}

/// A yes, and the span in which nothing on which it rests begins or ends.
struct KeptVerdict: Sendable {
    let oin: String
    let validFrom: Int64
    let validUntil: Int64

    /// A clock may step back as well: before `validFrom` the question is asked anew.
    func holds(at now: Int64) -> Bool { validFrom <= now && now < validUntil }
}

/// A refusal on its way through `Result`.
struct Refused: Error {
    let reason: CertificateRefusal
}
