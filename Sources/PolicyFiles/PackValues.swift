import Casework
import Disclosure

/// The decidable values of a pack, from whichever file they come; nil is undecided.
struct PackValues: Hashable, Sendable {
    var terms: [DecisionKey: Term] = [:]
    var ladderNext: Rung?
    var onRefusal: RefusalPath?
    var mayFile: [StaffRole]?
    var consentMode: ConsentMode?

    func decides(_ key: DecisionKey) -> Bool {
        switch key {
        case .pickUp, .afterContact, .progress, .aftercare, .homeVisit, .meeting, .recall, .retentionCase, .retentionLog, .retentionBackup:
            terms[key] != nil
        case .ladderNext: ladderNext != nil
        case .onRefusal: onRefusal != nil
        case .mayFile: mayFile != nil
        case .consentMode: consentMode != nil
        }
    }

    /// Reads the value of one key.
    mutating func read(_ key: DecisionKey, _ node: PolicyNode?, reader: inout FileReader) {
        switch key {
        case .pickUp, .afterContact, .progress, .aftercare, .homeVisit, .meeting, .recall: terms[key] = reader.term(node, key.rawValue)
        case .retentionCase, .retentionLog, .retentionBackup: terms[key] = reader.period(node, key.rawValue)
        case .ladderNext: ladderNext = reader.choice(node, key.rawValue)
        case .onRefusal: onRefusal = reader.choice(node, key.rawValue)
        case .mayFile: mayFile = reader.roles(node, key.rawValue)
        case .consentMode:
            let mode: ConsentMode? = reader.choice(node, key.rawValue)
            // The word says that the source leaves it open, so it decides nothing.
            consentMode = mode == .unresolved ? nil : mode
        }
    }

    /// These values, and the other's where there are none.
    func filled(from other: PackValues) -> PackValues {
        var all = self
        all.terms.merge(other.terms) { own, _ in own }
        all.ladderNext = ladderNext ?? other.ladderNext
        all.onRefusal = onRefusal ?? other.onRefusal
        all.mayFile = mayFile ?? other.mayFile
        all.consentMode = consentMode ?? other.consentMode
        return all
    }
}

extension FileReader {
    fileprivate mutating func roles(_ node: PolicyNode?, _ what: String) -> [StaffRole]? {
        guard let items = list(node, what) else { return nil }
        var roles: [StaffRole] = []
        for item in items {
            guard let role: StaffRole = choice(item, what) else { continue }
            if roles.contains(role) { refuse(item.place, "`\(role.rawValue)` stands here already", hint: "keep one") }
            if !role.canFile {
                warn(item.place, "nobody files as `\(role.rawValue)`", hint: "give those who file an account of the role `intermediary`")
            }
            roles.append(role)
        }
        return roles
    }
}
