import AuditTrail
import Casework
import Crypto
import Disclosure
import Metrics
import PartnerTrust
import PolicyFiles
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// Opens the desk of a locked data folder: store, vault and policy; ends what a crash left half done.
    /// - Throws: a ``StoreFault`` about the folder, the files or their versions.
    public static func open(
        _ lock: RunLock, municipality: Municipality, policies: LoadedPolicies, world: World, settings: DeskSettings, secrets: DeskSecrets,
        trust: CertificateChecker, simulated: Bool, metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) async throws(StoreFault) -> ReferralDesk {
        try lock.folder.checkDatabase()
        let store = try await Store.open(
            lock, trail: TrailSigner(organisation: municipality.oin, simulated: simulated, key: secrets.logKey),
            newEntryID: { world.newID() })
        let isNew = try store.snapshot { try $0.isLogEmpty() }
        let vault = try await KeyVault.open(lock, above: try store.highestKey(), forNew: isNew, at: world.wall()) {
            try? store.snapshot { try $0.lastLogEntry() }
        }
        let state = try store.snapshot { try $0.policyState() }
        let desk = ReferralDesk(
            store: store, vault: vault, world: world, municipality: municipality, settings: settings, trust: trust, secrets: secrets,
            instance: vault.instance, policy: PolicyInForce(loaded: policies, number: state?.number ?? 0), metrics: metrics)
        // Before the run begins: a vault that cannot be written must not cost the log an entry for each try.
        try await vault.noteLog()
        do throws(DeskRefusal) {
            let gap = try await desk.read { try $0.restoredGap() }
            desk.restoredGap.withLock { $0 = gap }
            if state?.revision != policies.snapshot.revision { try await desk.adopt(policies) } else { try await desk.archive(policies) }
            try await desk.destroyDoomedKeys()
            try await desk.sweepKeys()
            try await desk.releaseClaims()
            try await desk.shortenPauses()
            do throws(DeskRefusal) { try await desk.finishRecalls(begunBefore: world.wall()) } catch {
                // One that cannot be finished keeps nobody from the desk; it is tried again.
                if await desk.isOfDisk(error) { throw error }
            }
            try await desk.begin(simulated: simulated)
        } catch {
            // What is damaged reads as what could not be stored; only a disk that takes nothing may pass.
            guard case .notDurable = error, await !desk.canStore() else { throw .io(code: 0, context: "the desk could not begin its log") }
            throw .notDurable(code: 0)
        }
        // Of a new database nothing was known yet, and it can be lost before its first sign of life.
        if isNew { try await vault.noteLog() }
        return desk
    }

    /// Puts a policy in force, and keeps its files for replay, in one commit; every decision under way is decided again.
    public func adopt(_ policies: LoadedPolicies) async throws(DeskRefusal) {
        let now = world.calendar()
        let before = policyInForce.loaded.snapshot
        let after = policies.snapshot
        var entries = [
            entry(.policyLoaded, by: .daemon, facts: ["revision": .text(after.revision), "pack": .text(after.pack.id)])
        ]
        let known = Set(before.covenants.map { "\($0.id)/\($0.version)" })
        let current = Set(after.covenants.map { "\($0.id)/\($0.version)" })
        let first = policyInForce.number == 0
        for covenant in current.sorted() where first || !known.contains(covenant) {
            entries.append(entry(.covenantLoaded, by: .daemon, facts: ["covenant": .text(covenant)]))
        }
        for covenant in known.subtracting(current).sorted() {
            entries.append(entry(.covenantEnded, by: .daemon, facts: ["covenant": .text(covenant)]))
        }
        let archived = policies.archived
        let state = try await commit { [entries] transaction in
            try transaction.archivePolicy(archived, at: now)
            let state = try transaction.setPolicy(revision: after.revision, at: now)
            try transaction.append(entries)
            return state
        }
        policy.withLock { $0 = PolicyInForce(loaded: policies, number: state.number) }
    }

    /// Destroys what a crash left in the vault without a row that names it: the next few thousand keys of earlier runs. So a start takes no longer
    /// after a long run; what is left follows every few seconds.
    ///
    /// Up to where it came stands in the database and not in the vault: where an older copy of the database is put back, what was made since that
    /// copy is looked at again.
    func sweepKeys() async throws(DeskRefusal) {
        let from = try await read { try $0.meta("keysSwept").flatMap { Int64($0) } ?? 0 }
        guard from < vault.firstOwnID else { return }
        let page = from..<min(from + 5000, vault.firstOwnID)
        do throws(StoreFault) { try await vault.sweep(page, keeping: try store.referencedKeys(in: page)) } catch { throw .notDurable }
        try await commitInBackground { try $0.setMeta("keysSwept", String(page.upperBound)) }
    }

    /// Small work that nobody waits for: destroys doomed keys, sweeps the vault, forgets old idempotency keys and drafts, ends messages whose window has passed. Call it
    /// every few seconds.
    /// - Throws: what the first part failed on that failed, once every other one was tried.
    public func tidy() async throws(DeskRefusal) {
        let now = world.wall()
        var fault: DeskRefusal?
        func each(_ part: () async throws(DeskRefusal) -> Void) async {
            do throws(DeskRefusal) { try await part() } catch { fault = fault ?? error }
        }
        await each { () async throws(DeskRefusal) in try await destroyDoomedKeys() }
        await each { () async throws(DeskRefusal) in try await sweepKeys() }
        await each { () async throws(DeskRefusal) in try await endExpired() }
        await each { () async throws(DeskRefusal) in
            if let before = tidiedAt.withLock({ $0 }), now < before {
                try await shortenPauses(setBack: before.millisecondsSince1970 - now.millisecondsSince1970)
            }
            tidiedAt.withLock { $0 = now }
        }
        await each { () async throws(DeskRefusal) in
            try await finishRecalls(begunBefore: now.advanced(byMilliseconds: -Self.recallPatience))
        }
        await each { () async throws(DeskRefusal) in
            try await commitInBackground {
                try $0.forgetAnswers(expiredAt: now, limit: 500)
                try $0.forgetDrafts(expiredAt: now, limit: 500)
            }
        }
        if let fault { throw fault }
    }

    /// Whether the desk can work: it can write, and knows its policy.
    public func readiness() async -> (ready: Bool, checks: JSONValue) {
        let stored = (try? await store.read { try $0.policyState() }) ?? nil
        let writable = await canStore()
        let loaded = stored?.revision == policyInForce.snapshot.revision
        let lag = try? await deadlineLag()
        var checks: JSONObject = [
            "store": .string(writable ? "ok" : "not-durable"), "policy": .string(loaded ? "ok" : "not-loaded"),
            "fictitious": .bool(policyInForce.loaded.fictitious),
            // A desk that is behind still answers: it is told, and does not stop requests.
            "deadlines": .string(lag?.isBehind == false ? "ok" : "behind"),
        ]
        if let oldest = lag?.oldestDueNotHandled { checks["oldestDueNotHandled"] = .string(oldest.rfc3339) }
        return (writable && loaded, .object(checks))
    }

    /// Whether what one row failed on would fail the others as well: nothing can be stored now. A row that cannot be read fails alone.
    func isOfDisk(_ refusal: DeskRefusal) async -> Bool {
        guard case .notDurable = refusal else { return false }
        return await !canStore()
    }

    /// Whether something can be stored now. A row is really written: a commit of nothing succeeds on a full disk.
    func canStore() async -> Bool {
        let now = "\(world.wall().millisecondsSince1970)"
        if case .done? = try? await store.commit(.none, { try $0.setMeta("ready", now) }) { return true }
        return false
    }
}

extension ReferralDesk {
    /// Trusts other roots and revocation lists from now on; verdicts given under the old ones are forgotten.
    /// - Parameter keepingLists: whether a list in use goes on counting while its authority has none as new among the others.
    public func replaceTrust(_ anchors: TrustAnchors, keepingLists: Bool = false) throws(TrustError) {
        try trust.replaceTrust(anchors, keepingLists: keepingLists)
    }
}
