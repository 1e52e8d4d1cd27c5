import Casework
import Crypto
import Foundation
import Storage
import StrictJSON

/// What a use case has made ready outside the writer: on which basis it stands, and the body that writes it.
struct Prepared: Sendable {
    let basis: Basis
    /// Writes everything and answers; a refusal is an answer too, and is committed with its entry. Nil, with nothing written, when it finds
    /// that rows which the basis does not name have changed: then the use case starts again, as after a stale basis.
    let body: @Sendable (Transaction) throws -> DeskAnswer?
}

extension ReferralDesk {
    /// Prepares, then commits; starts again when what it stood on has changed meanwhile, three times in all, and is `busy` after that.
    ///
    /// A request that was answered before under the same idempotency key gets the same answer; with another body it conflicts.
    func perform(
        _ idempotency: IdempotencyKey?, by caller: Caller, prepare: () async throws(DeskRefusal) -> Prepared
    ) async throws(DeskRefusal) -> DeskAnswer {
        let memory = idempotency.map { AnswerMemory($0, owner: caller.owner, key: idempotencyKey, now: world.wall()) }
        if let memory, let answer = try await read({ try memory.recall($0) }) { return try memory.checked(answer) }
        for _ in 0..<3 {
            let prepared = try await prepare()
            let outcome = try await commit(prepared.basis) { transaction -> (answer: DeskAnswer, remembered: RememberedAnswer?)? in
                if let memory, let earlier = try memory.recall(transaction) { return (DeskAnswer(status: 0, body: .null), earlier) }
                guard let answer = try prepared.body(transaction) else { return nil }
                try memory?.remember(answer, transaction)
                return (answer, nil)
            }
            switch outcome {
            case .done((_, let earlier?)?): return try (memory?.checked(earlier)).orRefuse(.notDurable)
            case .done((let answer, nil)?): return answer
            case .done(nil), .stale: continue
            }
        }
        throw .busy
    }

    /// Reads a snapshot.
    func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws(DeskRefusal) -> T {
        do { return try await store.read(body) } catch { throw .notDurable }
    }

    /// Commits a body that rests on nothing that was read before, or on what it reads again itself; or refuses `not-durable`: then nothing
    /// happened.
    @discardableResult
    func commit<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws(DeskRefusal) -> T {
        guard case .done(let value) = try await commit(Basis(), body) else { throw .busy }
        return value
    }

    /// Commits a body that rests on this basis, or refuses `not-durable`: then nothing happened.
    func commit<T: Sendable>(_ basis: Basis, _ body: @escaping @Sendable (Transaction) throws -> T) async throws(DeskRefusal)
        -> Committed<T>
    {
        let began = world.monotonic()
        let outcome: Committed<(value: T, calls: QueueCalls)>
        do {
            outcome = try await store.commit(basis, QueueCalls.after(body))
        } catch {
            figures.commitsFailed.increment()
            throw .notDurable
        }
        switch outcome {
        case .stale:
            figures.commitsStale.increment()
            return .stale
        case .done(let done):
            figures.commitsDone.increment()
            figures.commitSeconds.recordNanoseconds(world.monotonic() &- began)
            call(done.calls)
            return .done(done.value)
        }
    }

    /// Commits work that nobody waits for, in turns behind that of requests.
    func commitInBackground<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws(DeskRefusal) -> T {
        let outcome: Committed<(value: T, calls: QueueCalls)>
        do {
            outcome = try await store.commit(background: true, QueueCalls.after(body))
        } catch { throw .notDurable }
        guard case .done(let done) = outcome else { throw .busy }
        call(done.calls)
        return done.value
    }

    /// After the commit and before anybody is answered, those are called whom it concerns: from the answer on, nothing more is sent of what it ended.
    private func call(_ calls: QueueCalls) {
        if !calls.ended.isEmpty { bell.hangUp(on: calls.ended) }
        if calls.courier { bell.ring() }
        inboxBell.ring(for: calls.partners)
    }
}

/// Who is to be called after a commit: the courier, the partners that fetch, and the sends under way of what left the queue.
private struct QueueCalls: Sendable {
    let courier: Bool
    let partners: Set<OrganisationNumber>
    let ended: [MessageID]

    /// The body, and what it calls for.
    static func after<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T)
        -> @Sendable (Transaction) throws -> (
            value: T, calls: QueueCalls
        )
    {
        { transaction in
            // What a neighbour in the batch ended is its own to tell.
            _ = transaction.takeEnded()
            let value = try body(transaction)
            return (
                value,
                QueueCalls(courier: transaction.hasWorkForCourier, partners: transaction.queuedFor, ended: transaction.takeEnded())
            )
        }
    }
}

/// Answers given under one idempotency key.
private struct AnswerMemory: Sendable {
    private let owner: String
    private let route: String
    private let key: String
    private let bodyMac: [UInt8]
    private let now: Instant

    init(_ idempotency: IdempotencyKey, owner: String, key: SymmetricKey, now: Instant) {
        self.owner = owner
        route = idempotency.route
        self.key = idempotency.key
        bodyMac = Array(HMAC<SHA256>.authenticationCode(for: idempotency.body, using: key))
        self.now = now
    }

    func recall(_ transaction: Transaction) throws -> RememberedAnswer? {
        try transaction.rememberedAnswer(owner: owner, route: route, key: key, at: now)
    }

    func remember(_ answer: DeskAnswer, _ transaction: Transaction) throws {
        try transaction.remember(
            RememberedAnswer(bodyMac: bodyMac, status: answer.status, answer: answer.body.canonicalBytes()), owner: owner, route: route,
            key: key,
            until: now.advanced(byMilliseconds: 86_400_000))
    }

    func checked(_ remembered: RememberedAnswer) throws(DeskRefusal) -> DeskAnswer {
        guard remembered.bodyMac == bodyMac else { throw .idempotencyConflict }
        guard let body = try? parseJSON(remembered.answer) else { throw .notDurable }
        return DeskAnswer(status: remembered.status, body: body)
    }
}
