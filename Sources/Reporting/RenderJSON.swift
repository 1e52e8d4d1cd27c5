import StrictJSON

extension UniformReport {
    /// The report as a JSON object without ids, hashes or machine times: each figure a member of the object, by its name.
    ///
    /// Beside the figures: `municipality`, `pack`, `countingRules`, `period`, `warnings`, `chosenByReplay`, `months`, `refusedBecause`, `breaks`,
    /// `corrections` and `units`, which says in which unit each figure counts; `waiting` by purpose; `onTime` by partner, with the rate in
    /// thousandths; and for each covenant that names worker roles `acknowledgements`: `name`, `covenant`, `version`, how many `roles`, and how many
    /// of them `acknowledged` that version. A figure is `null` where there was nothing to measure.
    public func json(_ head: ReportHead) -> JSONValue {
        var object = JSONObject()
        var units: [String: JSONValue] = [:]
        for line in lines where !line.isOfList {
            object[line.name] = line.value.json
            units[line.name] = .string(line.unit.english)
        }
        object["waiting"] = .array(
            waitingByPurpose.sorted { $0.key < $1.key }.map { purpose, waiting -> JSONValue in
                [
                    "purpose": .string(purpose), "takenOn": .integer(Int64(waiting.takenOn.value)), "longest": days(waiting.longest),
                    "median": days(waiting.median), "onHold": .integer(Int64(waiting.onHold.value)),
                    "unanswered": .integer(Int64(waiting.unanswered.value)), "longestSoFar": days(waiting.longestSoFar),
                ]
            })
        object["onTime"] = .array(
            onTime.sorted { $0.key < $1.key }.map { partner, onTime -> JSONValue in
                [
                    "name": .string(partner), "inTime": .integer(Int64(onTime.inTime.value)), "late": .integer(Int64(onTime.late.value)),
                    "permille": onTime.share.map { JSONValue.integer(Int64($0.permille)) } ?? .null,
                ]
            })
        object["units"] = members(units)
        object["refusedBecause"] = members(refusedBy.mapValues { .integer(Int64($0.value)) })
        object["municipality"] = .string(head.municipality)
        object["pack"] = .string(head.pack)
        object["countingRules"] = .integer(Int64(Self.countingRules))
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

    private func days(_ count: Count<Days>?) -> JSONValue { count.map { JSONValue.integer(Int64($0.value)) } ?? .null }

    private func members(_ values: [String: JSONValue]) -> JSONValue {
        .object(JSONObject(values.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: $0.value) }))
    }
}

extension ReportValue {
    /// `null` where there was nothing to measure; nothing at all for what is withheld.
    var json: JSONValue? {
        switch self {
        case .count(let count): .integer(Int64(count))
        case .unmeasured: .null
        case .withheld: nil
        }
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
