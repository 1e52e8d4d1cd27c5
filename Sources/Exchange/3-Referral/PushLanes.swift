import Casework
import Disclosure
import PartnerTrust
import Storage

/// The way to one partner's endpoint, with what may go on it now.
public struct PushLane: Sendable {
    public let partner: OrganisationNumber
    /// Where the partner receives; checked by
    /// ``ReferralDesk/addPartner(oin:name:certificatePEM:keys:endpoint:events:telephone:mandatedRole:)``.
    public let endpoint: String
    /// SHA-256 of the certificates that are accepted at the other end: one, and in an overlap the one before it.
    public let certificates: [[UInt8]]
    /// Who the partner is; nil where nothing may go now.
    let registration: PartnerRow?
    /// The partner's TLS certificate with what stands above it, PEM; nil where that is not kept, or nothing is due.
    public var chain: [UInt8]? { registration?.tlsChain }
    /// Whether the lane failed as a whole: then it is tried with one message.
    public let isTroubled: Bool
    /// Whether the partner cannot be reached.
    public let isDown: Bool
    /// When the lane is to be looked at next; nil when nothing waits.
    public let dueAt: Instant?
    /// Messages that may go now, those that have waited longest first.
    public let due: [MessageID]
    /// When the oldest message without a receipt was queued.
    public let oldestQueuedAt: Instant?
}

extension ReferralDesk {
    /// Every lane, with at most `limit` messages that are due on it.
    public func pushLanes(limit: Int) async throws(DeskRefusal) -> [PushLane] {
        let now = world.wall()
        let rows = try await read { transaction in
            // A damaged row stops the way to its own partner alone.
            try transaction.readable(transaction.lanes(at: now)) { row -> (row: LaneRow, due: [MessageID], partner: PartnerRow?)? in
                let isOpen = (row.firstDueAt.map { $0 <= now } ?? false) && (row.pausedUntil.map { $0 <= now } ?? true)
                let due = isOpen ? try transaction.dueMessages(of: row.partner, at: now, limit: limit) : []
                return (row: row, due: due, partner: due.isEmpty ? nil : try transaction.partner(row.partner))
            }
        }
        var lanes: [PushLane] = []
        for (row, due, partner) in rows where endpointFault(row.endpoint, allowingPrivate: settings.privateHosts) == nil {
            lanes.append(
                PushLane(
                    partner: row.partner, endpoint: row.endpoint, certificates: row.certificates, registration: partner,
                    isTroubled: row.failures > 0, isDown: row.downSince != nil,
                    dueAt: row.firstDueAt.map { max($0, row.pausedUntil ?? $0) }, due: due, oldestQueuedAt: row.oldestQueuedAt))
        }
        return lanes
    }

    /// The certificates that may stand between a partner's TLS certificate and a root: those registered with it, in an overlap also with the one
    /// before, and then those that its key sets name. Never so many that a chain with them is refused for its length.
    func issuers(of row: PartnerRow) throws(DeskRefusal) -> [[UInt8]] {
        let registered = row.tlsChain.flatMap { try? certificatesDER(pem: $0) } ?? []
        let others = try keySets(of: row).map(\.signingChain)
        let issuers = ([registered] + others).flatMap { $0.dropFirst() }.reduce(into: [[UInt8]]()) { found, issuer in
            if !found.contains(issuer) { found.append(issuer) }
        }
        return Array(issuers.prefix(CertificateChecker.longestChain - 1))
    }

    /// Why the certificate at the other end of a lane is refused, as a stable code; nil when it is the partner's.
    ///
    /// Synchronous: it is asked inside the handshake's event loop. The identity is the registered certificate and the number (OIN) in it, not
    /// the host's name.
    public func endpointRefusal(leaf: [UInt8], on lane: PushLane) -> String? {
        guard lane.certificates.contains(certificateSHA256(leaf)) else { return "not-the-registered-one" }
        let now = world.wall().millisecondsSince1970
        var verdict = trust.verdict(chainDER: [leaf], purpose: .tlsServer, now: now)
        // Only where it leads nowhere by itself: then it is what reading the registered chain costs, once until trust changes.
        if verdict == .refused(.unknownIssuer), let registration = lane.registration, let above = try? issuers(of: registration) {
            verdict = trust.verdict(chainDER: [leaf] + above, purpose: .tlsServer, now: now)
        }
        switch verdict {
        case .trusted(let oin, _): return oin == lane.partner.description ? nil : "wrong-oin"
        case .refused(let refusal): return refusal.code
        }
    }

    /// Now, for the machine.
    public var wall: Instant { world.wall() }

    /// Changes whenever roots or revocation lists do: then connections are made anew.
    public var trustRevision: Int { trust.revision }

    /// Puts the lanes of an earlier process in order: what it held is free again, and its attempts end as interrupted.
    func releaseClaims() async throws(DeskRefusal) {
        let down = try await read { try $0.partnersDown() }
        lanesDown.withLock { $0 = Set(down) }
        while true {
            let held = try await read { try $0.leasedMessages(limit: 200) }
            guard !held.isEmpty else { return }
            let now = world.wall()
            for (message, lease) in held {
                var ended: JournalEntry?
                do throws(DeskRefusal) {
                    if let row = try await read({ try $0.message(message) }) {
                        ended = entry(
                            .attemptEnded, by: .daemon, in: try await livingCasefile(row.casefile), refs: attemptRefs(row, lease),
                            facts: ["result": .text(AttemptResult.interrupted.rawValue)])
                    }
                } catch {
                    // A row that cannot be read keeps nobody from the desk: it is let go of without its entry.
                    if await isOfDisk(error) { throw error }
                }
                try await commit { [ended] transaction in
                    guard try transaction.release(message, heldBy: lease, nextTryAt: now) else { return }
                    if try transaction.endAttempt(lease, as: .interrupted, at: now), let ended { try transaction.append([ended]) }
                }
            }
        }
    }

    /// Brings pauses nearer that were counted from a clock which was set back since, by `setBack` milliseconds where that is known, and ends those
    /// that are longer than any may be.
    func shortenPauses(setBack: Int64 = 0) async throws(DeskRefusal) {
        let now = world.wall()
        try await commit { transaction in
            if setBack > 0 { try transaction.moveNearer(by: setBack, to: now) }
            try transaction.shortenPauses(beyond: now.advanced(byMilliseconds: BackOff.longestAsked), to: now)
        }
        bell.ring()
    }

    /// A partner that could not be reached has made itself heard: its lane is tried at once.
    func heard(_ partner: OrganisationNumber) async {
        guard lanesDown.withLock({ $0.remove(partner) }) != nil else { return }
        do {
            try await commit { try $0.clearOutage(of: partner) }
            bell.ring()
        } catch { _ = lanesDown.withLock { $0.insert(partner) } }
    }
}
