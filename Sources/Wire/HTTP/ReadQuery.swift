import Foundation
import StrictJSON

/// One key that a route's query may hold.
struct QueryKey: Hashable, Sendable {
    /// What its value may be.
    enum Form: Hashable, Sendable {
        case text
        case whole(ClosedRange<Int64>)
        case oneOf([String])
    }
    let name: String
    let form: Form

    /// Where a list goes on: the `next` of the page before.
    static let after = QueryKey(name: "after", form: .text)
    /// The same, where the cursor is a number.
    static let afterNumber = QueryKey(name: "after", form: .whole(0...Int64.max))
    /// How many items a page has at most.
    static let limit = QueryKey(name: "limit", form: .whole(1...200))
    /// For how many seconds the answer may wait for something to come; below the minute after which proxies cut a silent connection.
    static let wait = QueryKey(name: "wait", form: .whole(1...55))
    /// A task's state.
    static let state = QueryKey(name: "state", form: .text)
    /// The first day of a period.
    static let from = QueryKey(name: "from", form: .text)
    /// The last day of a period.
    static let to = QueryKey(name: "to", form: .text)
    /// `me`: the casefiles assigned to the caller, which is also all that is listed without it.
    static let assigned = QueryKey(name: "assigned", form: .oneOf(["me"]))
}

/// A query whose keys and values were checked.
struct Query: Hashable, Sendable {
    private(set) var values: [String: String] = [:]

    subscript(_ name: String) -> String? { values[name] }
    /// `limit`, or 50.
    var limit: Int { values["limit"].flatMap { Int($0) } ?? 50 }

    /// Reads `key=value&…`; reports unknown and repeated keys and values of another form, each at `/query/<key>`.
    init(_ text: String?, allowed: [QueryKey], into faults: InputFaults) {
        for pair in (text ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0]).removingPercentEncoding ?? String(parts[0])
            let pointer = "/query" + pointerStep(name)
            guard let key = allowed.first(where: { $0.name == name }) else {
                let names = allowed.map(\.name).joined(separator: ", ")
                faults.add(
                    pointer, "unknown-query-key", "no query key of this name is known here",
                    hint: names.isEmpty ? "leave the query out" : "allowed are: \(names)")
                continue
            }
            guard values[name] == nil else {
                faults.add(pointer, "duplicate-query-key", "this query key stands twice", hint: "give it once")
                continue
            }
            guard parts.count == 2, let value = String(parts[1]).removingPercentEncoding, !value.isEmpty, value.utf8.count <= 200 else {
                faults.add(pointer, "invalid-query-value", "this query key has no value that can be read", hint: "write \(name)=<value>")
                continue
            }
            switch key.form {
            case .text: break
            case .whole(let range):
                guard let number = Int64(value), range.contains(number), value.first != "+" else {
                    faults.add(
                        pointer, "out-of-range", "this must be from \(range.lowerBound) to \(range.upperBound)",
                        hint: "write a whole number")
                    continue
                }
            case .oneOf(let list):
                guard list.contains(value) else {
                    faults.add(
                        pointer, "not-in-list", "this is not one of the values allowed here",
                        hint: "allowed are: \(list.joined(separator: ", "))")
                    continue
                }
            }
            values[name] = value
        }
    }
}
