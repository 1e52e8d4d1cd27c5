import Casework
import Mustache

extension DryRun {
    /// The dry run as one HTML file in Dutch, English beside it: a heat map of partners and fields, and the flows that change. No scripts,
    /// nothing from elsewhere.
    public func html(municipality: String) -> String {
        // What changes stands first: a screen, and more so a sheet of paper, does not hold every field.
        let changing = Set(changes.map(\.field))
        let fields = changing.sorted() + Set(flows.map(\.field)).subtracting(changing).sorted()
        let partners = Dictionary(grouping: flows, by: \.partner).sorted { $0.key < $1.key }
        let page: [String: Any] = [
            "municipality": municipality, "period": periodInDutch, "periodEnglish": periodInEnglish, "policy": revision,
            "decided": decided, "changed": changed, "notKept": notKept, "hasNotKept": notKept > 0, "faulty": faulty,
            "hasFaulty": faulty > 0, "notes": notes, "hasNotes": !notes.isEmpty, "fields": fields,
            "rows": partners.map { partner, flows in
                ["name": flows.first?.partnerName ?? "", "oin": partner.description, "cells": fields.map { Self.cell(flows, $0) }]
                    as [String: Any]
            },
            "changes": changes.map {
                [
                    "name": $0.partnerName, "purpose": $0.purpose, "field": $0.field, "passed": $0.passed, "stops": $0.newlyStops,
                    "passes": $0.newlyPasses, "because": $0.because.joined(separator: ", "),
                ] as [String: Any]
            }, "hasChanges": !changes.isEmpty,
        ]
        return Self.template.render(page)
    }

    /// What one partner's cell of a field shows, over all purposes: the difference, and a shade by the part of what passed that it is.
    private static func cell(_ flows: [Flow], _ field: String) -> [String: Any] {
        let flows = flows.filter { $0.field == field }
        let passed = flows.reduce(0) { $0 + $1.passed }
        let stops = flows.reduce(0) { $0 + $1.newlyStops }
        let passes = flows.reduce(0) { $0 + $1.newlyPasses }
        let shade: (Int) -> Int = { part in min(4, 1 + 4 * part / max(1, passed + passes)) }
        let kind: String
        switch (stops, passes) {
        case (0, 0): kind = flows.isEmpty ? "none" : "same"
        case (1..., 1...): kind = "both"
        case (1..., _): kind = "stop\(shade(stops))"
        default: kind = "pass\(shade(passes))"
        }
        var text: [String] = []
        if stops > 0 { text.append("−\(stops)") }
        if passes > 0 { text.append("+\(passes)") }
        return [
            "kind": kind, "text": text.isEmpty ? (passed > 0 ? "\(passed)" : flows.isEmpty ? "" : "0") : text.joined(separator: " "),
            "title": flows.isEmpty
                ? "niet gevraagd; not asked"
                : "\(passed) gingen, \(stops) stoppen, \(passes) komen erbij; \(passed) passed, \(stops) stop, \(passes) added",
        ]
    }

    private var periodInDutch: String {
        switch (from, to) {
        case (nil, nil): "alle besluiten"
        case (let from?, nil): "vanaf \(from.inDutchWithYear)"
        case (nil, let to?): "tot en met \(to.inDutchWithYear)"
        case (let from?, let to?): "\(from.inDutchWithYear) tot en met \(to.inDutchWithYear)"
        }
    }

    private var periodInEnglish: String {
        switch (from, to) {
        case (nil, nil): "all decisions"
        case (let from?, nil): "from \(from.inEnglishWithYear)"
        case (nil, let to?): "up to \(to.inEnglishWithYear)"
        case (let from?, let to?): "\(from.inEnglishWithYear) to \(to.inEnglishWithYear)"
        }
    }

    private static let template: MustacheTemplate = {
        do {
            return try MustacheTemplate(string: String(decoding: PackageResources.dry_run_mustache, as: UTF8.self))
        } catch {
            // The template is part of the program; every test of the page would end here.
            preconditionFailure("the dry run's template cannot be read: \(error)")
        }
    }()
}
