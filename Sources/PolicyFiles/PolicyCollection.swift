import Casework
import Disclosure

/// Everything that the files of a folder say, in an order that does not depend on the order of the files.
struct PolicyCollection: Sendable {
    var templates = ReadTemplates()
    var covenants: [ReadCovenant] = []
    var statutes: [ReadStatute] = []
    var packs: [ReadPack] = []
    var decisions: [ReadDecisions] = []
    var demoDecisions: [ReadDecisions] = []
    var faults: [PolicyFault] = []
    var warnings: [PolicyFault] = []
    /// SHA-256 per path, in lower-case hexadecimal.
    var digests: [String: String] = [:]
    /// The signatures beside covenants, by the path of the covenant's file.
    var signatures: [String: SignaturesFile] = [:]
    /// The keys by which organisations sign covenants.
    var keys: [OrganisationNumber: PartyKeys] = [:]
    /// How each party stands towards each covenant, by covenant and in the covenant's order.
    var partySignatures: [PartySignature] = []
    /// The tables of tests.
    var tests: [ReadTests] = []

    /// Reads all files, and all faults in them. Without `withDemo`, `decisions-demo` is not looked at.
    init(_ files: [PolicyFile], withDemo: Bool) {
        // The templates first: a covenant is read by the places of the one that it names.
        let (first, others) = (files.filter(\.isTemplate), files.filter { !$0.isTemplate })
        for file in first.sorted(by: { $0.path < $1.path }) + others.sorted(by: { $0.path < $1.path }) {
            if !withDemo && file.path.hasPrefix("decisions-demo/") { continue }
            digests[file.path] = file.sha256
            read(file)
        }
        checkKeys()
        checkTemplates()
        putSignatures(Dictionary(files.map { ($0.path, $0.bytes) }) { first, _ in first })
        checkCovenants()
        checkStatutes()
        checkDecisions()
    }

    private mutating func read(_ file: PolicyFile) {
        guard let place = PolicyPlace(path: file.path) else {
            let hint =
                hasOtherYAMLEnding(file.path)
                ? "name it `.yaml`"
                : "policies stand in `covenants/<name>.yaml`, `templates/<name>.yaml`, `statutes/<act>.yaml`, `packs/<id>/pack.yaml`, `decisions/<id>.yaml`, `decisions-demo/<id>.yaml`"
            faults.append(.init(file: file.path, line: 1, column: 1, text: "no policy file belongs here", hint: hint))
            return
        }
        if file.isTemplate { templates.files += 1 }
        guard let text = policyText(file, faults: &faults) else { return }
        switch place {
        case .signatures(let name):
            signatures["covenants/\(name).yaml"] = readSignatures(file, faults: &faults)
            return
        case .keys(let name):
            if let read = readKeys(file, name: name, faults: &faults) { keys[read.oin] = read }
            return
        default: break
        }
        findContactData(text, file: file.path, faults: &faults)
        var composing: [PolicyFault] = []
        let root = composePolicy(text, file: file.path, faults: &composing)
        var reader = FileReader(file: file.path)
        reader.faults = composing
        if let root {
            // A file with any fault is left out as a whole: half a covenant must not take part in the checks across files.
            switch place {
            case .signatures, .keys: break
            case .tests(let name): if let read = readTests(root, of: "covenants/\(name).yaml", reader: &reader) { tests.append(read) }
            case .template: if let template = readTemplate(root, reader: &reader) { templates.all.append(template) }
            case .covenant: if let covenant = readCovenant(root, among: templates, reader: &reader) { covenants.append(covenant) }
            case .statute(let name): if let statute = readStatute(root, fileName: name, reader: &reader) { statutes.append(statute) }
            case .pack(let folder): if let pack = readPack(root, folderName: folder, reader: &reader) { packs.append(pack) }
            case .decisions(let name):
                if let read = readDecisions(root, fileName: name, inDemo: false, reader: &reader) { decisions.append(read) }
            case .demoDecisions(let name):
                if let read = readDecisions(root, fileName: name, inDemo: true, reader: &reader) { demoDecisions.append(read) }
            }
        }
        faults += reader.faults
        warnings += reader.warnings
    }

    /// Versions of one covenant: each number once, and never two in force together.
    private mutating func checkCovenants() {
        for (index, second) in covenants.enumerated() {
            for first in covenants[..<index] where first.covenant.id == second.covenant.id {
                let id = second.covenant.id
                let versions = (first.covenant.version, second.covenant.version)
                if versions.0 == versions.1 {
                    refuse(
                        second.versionPlace, in: second.file, "version \(versions.0) of `\(id)` stands in `\(first.file)` too",
                        hint: "give it the next number")
                } else if areInForceTogether(first.covenant, second.covenant) {
                    let (older, newer) = versions.0 < versions.1 ? (first, second) : (second, first)
                    refuse(
                        newer.validFromPlace, in: newer.file,
                        "versions \(older.covenant.version) and \(newer.covenant.version) of `\(id)` are in force together",
                        hint: "end version \(older.covenant.version) in `\(older.file)` where this one begins")
                }
            }
        }
        for read in tests where digests[read.covenantFile] == nil {
            warn(in: read.file, "there is no covenant `\(read.covenantFile)`", hint: "a table stands beside the covenant that it tests")
        }
        checkProfiles()
        warnOfTestParties()
        for read in covenants { warnings += warningsAbout(read) }
        warnOfEmptySectors()
    }

    /// A party's messages are sealed in one profile: covenants in force together must not name two.
    private mutating func checkProfiles() {
        for (index, second) in covenants.enumerated() {
            for first in covenants[..<index] where areInForceTogether(first.covenant, second.covenant) {
                for party in second.covenant.parties {
                    guard let profile = party.sealing, let place = second.partyPlaces[party.oin],
                        let other = first.covenant.parties.first(where: { $0.oin == party.oin })?.sealing, other != profile
                    else { continue }
                    refuse(
                        place, in: second.file,
                        "`\(party.oin)` has `sealing: \(profile.rawValue)` here and `\(other.rawValue)` in `\(first.file)`",
                        hint: "a partner has one `enc` key: name its profile in both")
                }
            }
        }
    }

    /// An act that rules name must be one whose rules stand here, or a slip of the pen would make a rule about nothing; and a ground that no
    /// act carries is a road on which nothing goes.
    private mutating func checkStatutes() {
        let acts = digests.keys.compactMap { if case .statute(let name)? = PolicyPlace(path: $0) { name } else { nil } }.sorted()
        for read in statutes {
            for source in read.sources where !acts.contains(source.act) {
                let meant = acts.first { isNear($0, source.act) }.map { "did you mean `\($0)`?" }
                refuse(
                    source.place, in: read.file, "there is no act `\(source.act)` here",
                    hint: meant ?? "the acts are \(quoted(acts)); add `statutes/\(source.act).yaml`")
            }
        }
        let carried = Set(
            statutes.flatMap(\.statute.rules).compactMap { if case .permits(let ground, _) = $0.effect { ground } else { nil } })
        for read in covenants {
            for (index, article) in read.covenant.articles.enumerated() {
                let place = read.articlePlaces[index]
                for ground in article.grounds where ground != .consent && !carried.contains(ground) {
                    let meant = ground.article.flatMap { named in acts.contains(named.act) ? nil : acts.first { isNear($0, named.act) } }
                    warn(
                        place, in: read.articleFile,
                        "article `\(article.number)` rests on `\(ground.text)`, which no act carries: nothing goes on it",
                        hint: meant.map { "did you mean `\($0)`?" } ?? "a rule in `statutes` carries a ground, as far as the act says so")
                }
                if let act = article.bsnUnder?.act, !acts.contains(act) {
                    warn(
                        place, in: read.articleFile, "article `\(article.number)` names the act `\(act)`, which does not stand here",
                        hint: acts.first { isNear($0, act) }.map { "did you mean `\($0)`?" } ?? "add `statutes/\(act).yaml`")
                }
            }
        }
    }

    mutating func refuse(_ place: Place, in file: String, _ text: String, hint: String) {
        faults.append(.init(file: file, line: place.line, column: place.column, text: text, hint: hint))
    }

    mutating func warn(_ place: Place = .start, in file: String, _ text: String, hint: String) {
        warnings.append(.init(file: file, line: place.line, column: place.column, text: text, hint: hint))
    }

    private mutating func warnOfTestParties() {
        for read in covenants where read.covenant.parties.contains(where: { $0.oin.description.hasPrefix("00000099") }) {
            warn(
                in: read.file, "the covenant has parties with test numbers (`00000099…`)", hint: "replace them before people are served")
        }
    }

    private mutating func checkDecisions() {
        for read in decisions + demoDecisions {
            guard let pack = packs.first(where: { $0.id == read.pack }) else {
                // A pack with a fault of its own is told of there.
                if digests["packs/\(read.pack)/pack.yaml"] != nil { continue }
                let hint = packs.isEmpty ? "describe it in `packs/\(read.pack)/pack.yaml`" : "the packs are \(quoted(packs.map(\.id)))"
                refuse(read.packPlace, in: read.file, "there is no pack `\(read.pack)`", hint: hint)
                continue
            }
            for (key, place) in read.places where !pack.undecided.contains(key) {
                refuse(
                    place, in: read.file, "`\(key.rawValue)` is decided by the source",
                    hint: "remove the decision; what the source says stands in `\(pack.file)`")
            }
        }
    }
}

private func areInForceTogether(_ a: Covenant, _ b: Covenant) -> Bool {
    let aStartsInTime = b.validUntil.map { a.validFrom < $0 } ?? true
    let bStartsInTime = a.validUntil.map { b.validFrom < $0 } ?? true
    return aStartsInTime && bStartsInTime
}
