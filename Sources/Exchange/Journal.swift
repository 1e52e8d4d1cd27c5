import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

/// A person of whom an entry tells, with the key that makes the person's handle in it.
struct JournalSubject: Sendable {
    let id: PersonID
    let key: VaultKey
}

/// A casefile of which an entry tells, with its key.
struct JournalCasefile: Sendable {
    let id: CasefileID
    let key: VaultKey
}

/// An entry whose bytes are ready, with the rows by which it is found.
struct JournalEntry: Sendable {
    let encoded: EncodedEntry
    let index: [AuditIndexKey]
}

extension Transaction {
    /// Appends entries to the log, within this commit.
    func append(_ entries: [JournalEntry]) throws {
        for entry in entries { try append(entry.encoded, index: entry.index) }
    }
}

extension ReferralDesk {
    /// Writes an entry's bytes: identifiers, codes and versions, never a value about a person.
    func entry(
        _ event: AuditEvent, by caller: Caller, about subjects: [JournalSubject] = [], in casefile: JournalCasefile? = nil,
        refs: [AuditReference: String] = [:], facts: [String: AuditFact] = [:], commitments: [String: String] = [:]
    ) -> JournalEntry {
        let id: EntryID = world.newID()
        let text = id.description
        let encoded = AuditEntry(
            id: text, at: world.calendar().millisecondsSince1970, event: event, actor: actor(caller),
            subjects: subjects.map { personHandle(key: $0.key.log, entryID: text) },
            casefile: casefile.map { personHandle(key: $0.key.log, entryID: text) }, refs: refs, facts: facts, commitments: commitments
        ).encoded()
        var index = subjects.map { AuditIndexKey.person($0.id, key: $0.key.id) }
        if let casefile { index.append(.casefile(casefile.id, key: casefile.key.id)) }
        if let message = refs[.message].flatMap({ MessageID($0) }) { index.append(.message(message)) }
        return JournalEntry(encoded: encoded, index: index)
    }

    /// The keyed handle of a member of staff; the same in every entry, and nobody's name.
    func handle(of account: AccountID) -> String { staffHandle(key: staffHandleKey, accountID: account.description) }

    /// The handle of whoever asks.
    func handle(of caller: Caller) -> String {
        switch caller {
        case .staff(let member): handle(of: member.account)
        case .partner(let oin): oin.description
        case .daemon: "daemon"
        }
    }

    private func actor(_ caller: Caller) -> AuditActor {
        switch caller {
        case .staff(let member):
            AuditActor(kind: .staff, handle: handle(of: caller), organisation: member.organisation.description, role: member.role.rawValue)
        case .partner(let oin): AuditActor(kind: .partner, organisation: oin.description)
        case .daemon: AuditActor(kind: .daemon, organisation: municipality.oin.description)
        }
    }

    /// The entry of a decision, permitted or refused.
    func decisionEntry(
        _ decision: DisclosureDecision, id: DecisionID, of question: DisclosureQuestion, policy: PolicySnapshot, on kept: KeptFacts,
        at now: Instant, by caller: Caller, about subjects: [JournalSubject], in casefile: JournalCasefile?, changed: Bool = false,
        refs: [AuditReference: String] = [:]
    ) -> JournalEntry {
        // Whatever is decided and recorded comes by here.
        figures.decided(decision)
        let form = DecisionForm(
            decision, of: question, policy: policy,
            standsOn: kept.commitment(of: id, about: question.subjects, at: now))
        var refs = refs
        refs[.decision] = id.description
        return entry(
            changed ? .decisionChanged : form.isPermitted ? .decisionPermitted : .decisionRefused, by: caller, about: subjects,
            in: casefile,
            refs: refs, facts: form.facts)
    }

    /// Salted commitments to values, by the place of the person in the entry's subjects and the field's path.
    func commitments(to items: [ContentItem], subjects: [PersonID]) -> [String: String] {
        Dictionary(
            items.map { item in
                let place = item.subject.flatMap { subjects.firstIndex(of: $0) }.map { "\($0)." } ?? ""
                return (place + item.field.path, commitment(salt: item.salt, value: item.value.json.canonicalBytes()))
            }, uniquingKeysWith: { first, _ in first })
    }
}
