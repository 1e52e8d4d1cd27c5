import StrictJSON

extension UniformReport {
    /// The report as a JSON object without ids, hashes or machine times: each figure a member of the object, by its name.
    ///
    /// Beside the figures: `municipality`, `pack`, `period`, `warnings`, `chosenByReplay`, `months`, `refusedBecause`, `breaks`,
    /// `corrections` and `units`, which says in which unit each figure counts; and where covenants name worker roles, `acknowledgements`: `name`,
    /// `covenant`, `version`, how many `roles`, and how many of them `acknowledged` that version.
    public func json(_ head: ReportHead) -> JSONValue {
        var object = JSONObject()
        var units: [String: JSONValue] = [:]
        for line in lines where !line.name.hasPrefix("refusedBecause-") {
            object[line.name] = .integer(Int64(line.count))
            units[line.name] = .string(line.unit.english)
        }
        object["units"] = members(units)
        object["refusedBecause"] = members(refusedBy.mapValues { .integer(Int64($0.value)) })
        object["municipality"] = .string(head.municipality)
        object["pack"] = .string(head.pack)
        object["period"] = ["from": .string(period.from.description), "to": .string(period.to.description)]
        object["warnings"] = .array(head.warnings.map { .string($0.code) })
        if head.isFictitious { object["notice"] = "FICTITIOUS DECISIONS" }
        object["chosenByReplay"] = .array(head.chosenByReplay.sorted().map(JSONValue.string))
        object["months"] = .array(
            signals.months.map {
                [
                    "month": .string(String($0.first.description.prefix(7))), "meldcode": .integer(Int64($0.meldcode.value)),
                    "otherChannels": .integer(Int64($0.otherChannels.value)),
                ]
            })
        object["breaks"] = .array(breaks.map { ["on": .string($0.on.description), "pack": .string($0.pack)] })
        if !head.workers.isEmpty { object["acknowledgements"] = .array(acknowledgements(head).map(\.json)) }
        object["corrections"] = .array(corrections.map(\.json))
        return .object(object)
    }

    private func members(_ values: [String: JSONValue]) -> JSONValue {
        .object(JSONObject(values.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: $0.value) }))
    }
}

extension UniformReport.Correction {
    fileprivate var json: JSONValue {
        switch self {
        case .moved(let count, let from, let to):
            ["what": "moved", "signals": .integer(Int64(count.value)), "from": .string(from.rawValue), "to": .string(to.rawValue)]
        case .joined(let count): ["what": "joined", "signals": .integer(Int64(count.value))]
        case .parted(let count): ["what": "parted", "signals": .integer(Int64(count.value))]
        case .reopened(let count): ["what": "reopened", "cases": .integer(Int64(count.value))]
        }
    }
}
