import Exchange
import StrictJSON

/// What the covenants in force allow at most: a row for each kind of data, a column for each recipient and purpose.
func showCovenants(_ request: PageRequest) async throws -> PageAnswer {
    let answer = try await request.desk.showCovenants(by: request.caller()).body
    let language = request.language
    let columns = answer.list("columns")
    let cells = columns.map { column in cellsByField(column, language) }
    let refuses = columns.map { Set($0.texts("refuses").map { Words.field($0, in: language, isApart: false) }) }
    // In the order of the list of fields; a field that nobody may receive has no row.
    var fields: [String] = []
    for column in columns {
        for cell in column.list("cells") {
            let name = Words.field(cell.text("field"), in: language, isApart: false)
            if !fields.contains(name) { fields.append(name) }
        }
    }
    // On paper no table moves sideways: there each recipient has a list of its own.
    let lists = columns.indices.map { index -> PageData in
        let given = fields.filter { cells[index][$0] != nil }
        let missing = fields.filter { cells[index][$0] == nil }
        return [
            "name": columns[index].text("name"), "purpose": Words.name("purpose", columns[index].text("purpose"), in: language),
            "lines": given.map { field -> PageData in
                let grounds = (cells[index][field] ?? []).map { request.ground($0) }
                let isRefused = refuses[index].contains(field)
                return ["field": field, "what": isRefused ? request.word("matrix-refuses") : grounds.joined(separator: ", ")]
            }, "isLimited": !missing.isEmpty, "missing": missing.joined(separator: ", "),
        ]
    }
    return .page(
        Page(
            "officer-covenants", title: "officer-covenants",
            [
                "isWide": true, "isEmpty": columns.isEmpty,
                "limited": answer.list("limited").map { limited -> PageData in
                    [
                        "name": limited.text("name"), "decisions": limited.text("decisions"),
                        "fields": shownFields(limited.texts("fields"), language),
                    ]
                }, "hasLimited": !answer.list("limited").isEmpty,
                "covenants": answer.list("covenants").map { covenant -> PageData in
                    let unsigned = covenant.texts("unsigned")
                    return [
                        "title": covenant["title"]?.text(language.rawValue) ?? "", "version": covenant.text("version"),
                        "from": PageTime.moment(covenant.text("validFrom"), language), "hasUntil": !covenant.text("validUntil").isEmpty,
                        "until": PageTime.moment(covenant.text("validUntil"), language), "isUnsigned": !unsigned.isEmpty,
                        "unsigned": unsigned.joined(separator: ", "),
                        "workers": covenant.list("workers").map { party -> PageData in
                            [
                                "name": party.text("name"), "known": party.texts("acknowledged").count,
                                "all": party.texts("roles").count,
                            ]
                        },
                    ]
                },
                "lists": lists,
                "columns": columns.map { column -> PageData in
                    ["name": column.text("name"), "purpose": Words.name("purpose", column.text("purpose"), in: language)]
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
                                    ? []
                                    : grounds.map { ["kind": $0.prefix { $0 != ":" }.description, "name": request.ground($0)] },
                            ]
                        },
                    ]
                },
            ]))
}

/// The grounds of a column by the word of the field: a domain's concern and observation are one row.
private func cellsByField(_ column: JSONValue, _ language: Language) -> [String: [String]] {
    var cells: [String: [String]] = [:]
    for cell in column.list("cells") {
        let name = Words.field(cell.text("field"), in: language, isApart: false)
        for ground in cell.texts("grounds") where !(cells[name] ?? []).contains(ground) { cells[name, default: []].append(ground) }
    }
    return cells
}
