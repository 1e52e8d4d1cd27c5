import Foundation

@testable import PolicyFiles

/// A small folder of policies that loads without a fault; tests change one thing in it.
enum Samples {
    static let covenant = """
        schema: convenant/covenant/1
        id: proef
        version: 1
        title: {nl: Proef, en: Trial}
        validFrom: 2009-01-05T00:00:00+01:00
        validUntil: null
        parties:
          - {oin: "00000099000000001000", name: Gemeente (fictief), as: sender, role: controller}
          - {oin: "00000099000000002000", name: Schuldhulp (fictief), as: receiver, role: jointController, sealing: jose-p256}
        articles:
          - number: "1"
            purpose: debtAssistance
            from: ["00000099000000001000"]
            to: ["00000099000000002000"]
            fields: [identification, contact]
            grounds: [consent]
            text: {nl: Tekst, en: Text}

        """
    /// A text that covenants share.
    static let template = """
        schema: convenant/template/1
        id: proef
        version: 1
        title: {nl: Model, en: Template}
        places:
          - {place: municipality, as: sender, role: controller, sectors: [municipality]}
          - {place: corporation, as: receiver, role: jointController, sectors: [housing]}
        articles:
          - number: "1"
            purpose: evictionPrevention
            from: [municipality]
            to: [corporation]
            fields: [identification, contact]
            grounds: [consent]
            text: {nl: Tekst, en: Text}

        """
    /// A covenant on it, with this corporation.
    static func onTemplate(_ oin: String, sha256: String) -> String {
        """
        schema: convenant/covenant/1
        id: met-\(oin.suffix(4))
        version: 1
        title: {nl: Proef, en: Trial}
        template: {id: proef, version: 1, sha256: "\(sha256)"}
        validFrom: 2009-01-05T00:00:00+01:00
        validUntil: null
        parties:
          - {place: municipality, oin: "00000099000000001000", name: Gemeente (fictief)}
          - {place: corporation, oin: "\(oin)", name: Corporatie \(oin.suffix(4)), sealing: jose-p256}

        """
    }
    static let pack = """
        schema: convenant/pack/1
        id: proef
        source: a test
        lifeDomains: null
        mayFile: [intermediary]
        consentMode: unresolved
        onRefusal: null
        terms: {pickUp: null, afterContact: null, progress: null, aftercare: P6M, homeVisit: null, meeting: null, recall: null}
        ladder: [{rung: deskContactsHelper}]
        retention: null
        report: {figures: [signals]}

        """

    static let statute = """
        schema: convenant/statute/1
        id: debtAssistanceAct
        title: {nl: Proef, en: Trial}
        asOf: 2026-11-21
        rules:
          - article: "8d"
            does: permitsWithoutConsent
            ground: publicTask
            holder: [municipality]
            recipient: sameController
            obtainedUnder: [debtAssistanceAct]
            purposes: [debtAssistance]
            fields: [identification]
            necessity: stated
            from: 2021-01-01
            text: {nl: Tekst, en: Text}

        """

    static func decisions(_ lines: [(key: String, value: String)], fictitious: Bool = false) -> String {
        "schema: convenant/decisions/1\npack: proef\n" + (fictitious ? "fictitious: true\n" : "")
            + (lines.isEmpty ? "decisions: []\n" : "decisions:\n")
            + lines.map { "  - {key: \($0.key), value: \($0.value), decidedBy: controller, on: 2026-11-20, because: a test}\n" }.joined()
    }

    static func file(_ path: String, _ text: String) -> PolicyFile { .init(path: path, bytes: Array(text.utf8)) }

    /// The files of the folder, with these put in or put in the place of one.
    static func files(_ changes: PolicyFile...) -> [PolicyFile] {
        var files = [file("covenants/proef.yaml", covenant), file("packs/proef/pack.yaml", pack)]
        for change in changes {
            files.removeAll { $0.path == change.path }
            files.append(change)
        }
        return files
    }

    /// The faults of these files as people see them.
    static func faults(_ files: [PolicyFile]) -> [String] {
        PolicyFaults(PolicyCollection(files, withDemo: true).faults).faults.map(\.description)
    }

    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
