import Casework
import Crypto
import Disclosure

/// One policy file that a snapshot was read from.
public struct PolicyFileDigest: Hashable, Sendable {
    /// The path inside the folder.
    public let path: String
    /// SHA-256 in lower-case hexadecimal.
    public let sha256: String
}

/// What a pack in force may rest on, and what is still undecided.
public struct LoadedPolicies: Sendable {
    /// What the gate decides on.
    public let snapshot: PolicySnapshot
    /// The pack that was asked for.
    public let pack: PackDescription
    /// What neither its source nor its controller decided; with fictitious decisions allowed, what these leave open.
    public let openQuestions: [OpenQuestion]
    /// Every pack of the folder, by id.
    public let packs: [PackDescription]
    /// Whether a fictitious decision is used; every report and page then says so.
    public let fictitious: Bool
    /// The files that the snapshot was read from, by path; the revision is made of these.
    public let files: [PolicyFileDigest]
    /// The same files as bytes: what ``loadPolicies(_:pack:allowingFictitious:)`` makes this revision of again.
    public let sources: [PolicyFile]
    /// Whether fictitious decisions were read, used or not.
    public let allowedFictitious: Bool

    /// The same as if every party had signed every covenant: to see what a change would do before anybody signs it. No daemon decides on it.
    public func asSigned() -> LoadedPolicies {
        let covenants = snapshot.covenants.map { $0.signed(by: Set($0.parties.map(\.oin))) }
        let signed = PolicySnapshot(
            revision: snapshot.revision, covenants: covenants, pack: snapshot.pack, statutes: snapshot.statutes)
        return LoadedPolicies(
            snapshot: signed, pack: pack, openQuestions: openQuestions, packs: packs, fictitious: fictitious, files: files,
            sources: sources, allowedFictitious: allowedFictitious)
    }
}

/// Reads the policies of a folder for one pack.
///
/// - Parameters:
///   - folder: the folder with `covenants`, `templates`, `statutes`, `packs`, `decisions` and `decisions-demo`.
///   - pack: the id of the pack in force.
///   - allowingFictitious: whether `decisions-demo` fills what `decisions` leaves undecided; never for a daemon that serves people.
/// - Throws: every fault of every file that is read, sorted. An undecided question is no fault.
public func loadPolicies(folder: String, pack: String, allowingFictitious: Bool) throws(PolicyFaults) -> LoadedPolicies {
    let files = try readPolicyFiles(folder: folder)
    do throws(PolicyFaults) {
        return try loadPolicies(files, pack: pack, allowingFictitious: allowingFictitious)
    } catch {
        throw PolicyFaults(error.faults.map { $0.inFolder(folder) })
    }
}

/// The same from bytes: a function of the set of files, not of their order.
/// - Throws: every fault of every file, sorted; the paths are those inside the folder.
public func loadPolicies(_ files: [PolicyFile], pack id: String, allowingFictitious: Bool) throws(PolicyFaults) -> LoadedPolicies {
    // A table of tests is no policy: a fault in one stops no daemon.
    let collection = PolicyCollection(files.filter { !$0.path.hasSuffix(".tests.yaml") }, withDemo: allowingFictitious)
    guard collection.faults.isEmpty else { throw PolicyFaults(collection.faults) }
    let packs = collection.describePacks()
    guard let pack = packs.first(where: { $0.id == id }), let source = collection.packs.first(where: { $0.id == id }) else {
        let hint = packs.isEmpty ? "describe one in `packs/<id>/pack.yaml`" : "the packs are \(quoted(packs.map(\.id)))"
        throw PolicyFaults([.init(file: "", line: 1, column: 1, text: "there is no pack `\(id)`", hint: hint)])
    }
    let used = collection.filesUsed(by: source)
    let digests = used.compactMap { path in collection.digests[path].map { PolicyFileDigest(path: path, sha256: $0) } }
    let snapshot = PolicySnapshot(
        revision: revision(of: digests), covenants: collection.covenants.map(\.covenant), pack: pack.rules,
        statutes: collection.statutes.map(\.statute))
    return LoadedPolicies(
        snapshot: snapshot, pack: pack, openQuestions: collection.openQuestions(of: source, demoAnswers: true), packs: packs,
        fictitious: pack.rules.fictitious, files: digests, sources: used.compactMap { path in files.first { $0.path == path } },
        allowedFictitious: allowingFictitious)
}

/// SHA-256 over a line `<path> NUL <digest>` for each file, by path.
private func revision(of digests: [PolicyFileDigest]) -> String {
    var hash = SHA256()
    for digest in digests { hash.update(data: Array("\(digest.path)\u{0}\(digest.sha256)\n".utf8)) }
    return hexadecimal(hash.finalize())
}

extension PolicyCollection {
    /// What is decided about a pack: by its source, then by its controller, then, where they are read, by the demo's decisions.
    private func values(of pack: ReadPack, withDemo: Bool) -> (values: PackValues, fictitious: Bool) {
        let real = decisions.filter { $0.pack == pack.id }.reduce(pack.values) { $0.filled(from: $1.values) }
        guard withDemo else { return (real, false) }
        let all = demoDecisions.filter { $0.pack == pack.id }.reduce(real) { $0.filled(from: $1.values) }
        return (all, all != real)
    }

    private func stopsWork(_ pack: ReadPack, _ values: PackValues) -> Bool {
        pack.undecided.contains { $0.stopsWork && !values.decides($0) }
    }

    func describePacks() -> [PackDescription] {
        packs.map { pack in
            let (values, fictitious) = values(of: pack, withDemo: true)
            let standing: PackDescription.Standing =
                !stopsWork(pack, self.values(of: pack, withDemo: false).values) ? .live : stopsWork(pack, values) ? .described : .decidable
            let terms = CaseTerms(
                pickUp: values.terms[.pickUp], afterContact: values.terms[.afterContact], progress: values.terms[.progress],
                aftercare: values.terms[.aftercare], homeVisit: values.terms[.homeVisit], meeting: values.terms[.meeting],
                recall: values.terms[.recall])
            let ladder = pack.ladder + (values.ladderNext.map { pack.ladder.contains($0) ? [] : [$0] } ?? [])
            return PackDescription(
                id: pack.id, source: pack.source, title: pack.title, lifeDomains: pack.lifeDomains,
                consentMode: values.consentMode ?? (pack.consentIsUnresolved ? .unresolved : nil),
                rules: PackRules(
                    id: pack.id, fictitious: fictitious, mayFile: values.mayFile, onRefusal: values.onRefusal, terms: terms, ladder: ladder,
                    lifeDomains: pack.lifeDomains.map { Set($0.keys) }),
                retention: RetentionTerms(
                    caseAfterClosing: values.terms[.retentionCase], log: values.terms[.retentionLog], backup: values.terms[.retentionBackup]
                ),
                reportFigures: pack.reportFigures, standing: standing)
        }.sorted { $0.id < $1.id }
    }

    /// What is open about a pack. With `demoAnswers` the demo's decisions count as answers; without, they are only told of.
    func openQuestions(of pack: ReadPack, demoAnswers: Bool) -> [OpenQuestion] {
        let decided = values(of: pack, withDemo: demoAnswers).values
        let inDemo = values(of: pack, withDemo: true).values
        return pack.undecided.filter { !decided.decides($0) }.map {
            OpenQuestion(file: pack.file, key: $0.rawValue, blocks: $0.blocks, stopsWork: $0.stopsWork, answeredInDemo: inDemo.decides($0))
        }.sorted()
    }

    func filesUsed(by pack: ReadPack) -> [String] {
        let ofPack = (decisions + demoDecisions).filter { $0.pack == pack.id }.map(\.file)
        // A template on which no covenant is says nothing; a path stands here once, however many are on it.
        let templates = Set(covenants.compactMap(\.template?.file))
        return (covenants.map(\.file) + templates + signatureFiles + statutes.map(\.file) + [pack.file] + ofPack).sorted()
    }
}
