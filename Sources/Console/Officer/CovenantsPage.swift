import Exchange
import StrictJSON

/// What the covenants in force allow at most: a row for each kind of data, a column for each recipient and purpose.
func showCovenants(_ request: PageRequest) async throws -> PageAnswer {
    let answer = try await request.desk.showCovenants(by: request.caller()).body
    let language = request.language
    let columns = answer["columns"]?.arrayValue ?? []
    let cells = columns.map { column in cellsByField(column, language) }
    let refuses = columns.map { Set($0.texts("refuses").map { shownField($0, language) }) }
    // In the order of the list of fields; a field that nobody may receive has no row.
    var fields: [String] = []
    for column in columns {
        for cell in column["cells"]?.arrayValue ?? [] {
            let name = shownField(cell.said("field"), language)
            if !fields.contains(name) { fields.append(name) }
        }
    }
    return .page(
        Page(
            "officer-covenants", title: "officer-covenants",
            [
                "isWide": true, "isEmpty": columns.isEmpty,
                "covenants": (answer["covenants"]?.arrayValue ?? []).map { covenant -> PageData in
                    let unsigned = covenant.texts("unsigned")
                    return [
                        "title": covenant["title"]?.said(language.rawValue) ?? "", "version": covenant.said("version"),
                        "from": PageTime.moment(covenant.said("validFrom"), language), "hasUntil": !covenant.said("validUntil").isEmpty,
                        "until": PageTime.moment(covenant.said("validUntil"), language), "isUnsigned": !unsigned.isEmpty,
                        "unsigned": unsigned.joined(separator: ", "),
                    ]
                },
                "columns": columns.map { column -> PageData in
                    ["name": column.said("name"), "purpose": shownPurpose(column.said("purpose"), language)]
                },
                "rows": fields.map { field -> PageData in
                    [
                        "field": field,
                        "cells": columns.indices.map { index -> PageData in
                            let grounds = cells[index][field] ?? []
                            let isRefused = refuses[index].contains(field)
                            return [
                                "isEmpty": grounds.isEmpty, "isRefused": isRefused && !grounds.isEmpty,
                                "grounds": isRefused
                                    ? [] : grounds.map { ["kind": $0.prefix { $0 != ":" }.description, "name": shownGround($0, language)] },
                            ]
                        },
                    ]
                },
            ]))
}

/// The grounds of a column by the word of the field: a domain's concern and observation are one row.
private func cellsByField(_ column: JSONValue, _ language: Language) -> [String: [String]] {
    var cells: [String: [String]] = [:]
    for cell in column["cells"]?.arrayValue ?? [] {
        let name = shownField(cell.said("field"), language)
        for ground in cell.texts("grounds") where !(cells[name] ?? []).contains(ground) { cells[name, default: []].append(ground) }
    }
    return cells
}

/// A purpose in a word.
func shownPurpose(_ purpose: String, _ language: Language) -> String {
    Words.has("purpose-\(purpose)") ? Words.text("purpose-\(purpose)", in: language) : purpose
}
