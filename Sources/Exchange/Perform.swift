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

    /// Commits a body, or refuses `not-durable`: then nothing happened.
    func commit<T: Sendable>(_ basis: Basis = Basis(), _ body: @escaping @Sendable (Transaction) throws -> T) async throws(DeskRefusal)
        -> Committed<T>
    {
        let outcome: Committed<(value: T, isForCourier: Bool, ended: [MessageID])>
        do {
            outcome = try await store.commit(basis) { transaction in
                // What a neighbour in the batch ended is its own to tell.
                _ = transaction.takeEnded()
                let value = try body(transaction)
                return (value, transaction.hasWorkForCourier, transaction.takeEnded())
            }
        } catch { throw .notDurable }
        switch outcome {
        case .stale: return .stale
        case .done(let done):
            // Before anybody is answered: from the answer on, nothing more of these is sent.
            if !done.ended.isEmpty { bell.hangUp(on: done.ended) }
            if done.isForCourier { bell.ring() }
            return .done(done.value)
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

extension Optional {
    /// The value, or this refusal.
    func orRefuse(_ refusal: DeskRefusal) throws(DeskRefusal) -> Wrapped {
        guard let self else { throw refusal }
        return self
    }
}
