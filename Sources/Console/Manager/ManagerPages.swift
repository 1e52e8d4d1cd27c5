import Casework
import Exchange
import Foundation
import StrictJSON

/// What a manager sees: counts only, small ones withheld by the use cases.
let managerPages: [PageRoute] = [.get("/manager", showFigures)]

let managerNavigation = [
    NavigationItem(
        path: "/manager", word: "manager", explanation: "manager-what", roles: [.manager, .privacyOfficer, .dataProtectionOfficer])
]

/// A quarter of a year. Reports are of whole ones that have ended: two of periods that overlap, or of one that goes on, could be subtracted from
/// each other.
private struct Quarter: Hashable, Comparable {
    let year: Int
    let number: Int

    init(year: Int, number: Int) {
        self.year = year
        self.number = number
    }

    /// Reads `2026-4`.
    init?(_ text: String) {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2, 2000...2999 ~= parts[0], 1...4 ~= parts[1] else { return nil }
        self.init(year: parts[0], number: parts[1])
    }

    static func < (one: Quarter, other: Quarter) -> Bool { (one.year, one.number) < (other.year, other.number) }

    var text: String { "\(year)-\(number)" }
    var before: Quarter { number == 1 ? Quarter(year: year - 1, number: 4) : Quarter(year: year, number: number - 1) }
    var from: String { "\(year)-\(number == 4 ? "10" : "0\(number * 3 - 2)")-01" }
    var to: String { "\(year)-\(["03-31", "06-30", "09-30", "12-31"][number - 1])" }
    func name(_ language: Language) -> String { "\(number)\(language == .nl ? "e kwartaal" : Self.ordinals[number - 1]) \(year)" }
    private static let ordinals = ["st quarter", "nd quarter", "rd quarter", "th quarter"]
}

private func showFigures(_ request: PageRequest) async throws -> PageAnswer {
    let language = request.language
    let work = try await request.desk.showOpenWork(by: request.caller()).body
    let today = work.text("today").split(separator: "-").compactMap { Int($0) }
    guard today.count == 3 else { throw PageFault.internalFault }
    let newest = Quarter(year: today[0], number: (today[1] - 1) / 3 + 1).before
    let quarter = min(Quarter(request.query["quarter"]) ?? newest, newest)
    var quarters = [newest]
    while quarters.count < 8, let last = quarters.last { quarters.append(last.before) }
    if !quarters.contains(quarter) { quarters.append(quarter) }
    let report = try await request.desk.reportUniformly(from: quarter.from, to: quarter.to, guarded: true, by: request.caller()).body
    return .page(
        Page(
            "manager", title: "manager",
            [
                "isWide": true, "quarterName": quarter.name(language),
                "quarters": quarters.map { ["value": $0.text, "name": $0.name(language), "isChosen": $0 == quarter] as PageData },
                "warnings": report.texts("warnings").map { ["text": request.word("report-\($0)")] },
                "work": work.list("work").map { shownWork($0, language) },
                "chart": chart(report.list("months"), language),
                "sections": report.list("sections").map { section -> PageData in
                    [
                        "name": section.text(language.rawValue),
                        "rows": section.list("lines").map { line -> PageData in
                            let name = line.text(language.rawValue)
                            let isRefusal = line.text("name").hasPrefix("refusedBecause-")
                            let isNone = line["count"]?.isNull == true
                            return [
                                "name": isRefusal ? Words.reason(name, in: language) : Words.name("purpose", name, in: language),
                                "isPart": line["depth"]?.integerValue != 0, "isShown": line["count"] != nil,
                                "count": isNone ? request.word("manager-none") : line.text("count"),
                                "unit": isNone ? "" : line["unit"]?.text(language.rawValue) ?? "",
                            ]
                        },
                    ]
                },
            ]))
}

private func shownWork(_ work: JSONValue, _ language: Language) -> PageData {
    let kind = work.text("kind")
    return [
        "title": Words.text("work-\(kind)", in: language), "explanation": Words.text("work-\(kind)-what", in: language),
        "unit": Words.text("work-\(kind)-unit", in: language), "isTotalShown": work["total"] != nil, "total": work.text("total"),
        "rows": work.list("spans").map { span -> PageData in
            [
                "name": Words.text("work-from-\(span.text("from"))", in: language), "isShown": span["count"] != nil,
                "count": span.text("count"),
            ]
        },
    ]
}

/// Two bars for each month; where a count is withheld it says so.
private func chart(_ months: [JSONValue], _ language: Language) -> PageData {
    let counts = months.flatMap { month in
        ["meldcode", "otherChannels"].map { channel in (month: month, channel: channel, count: month[channel]?.integerValue.map(Int.init)) }
    }
    let most = max(1, counts.compactMap(\.count).max() ?? 1)
    let withheld = Words.text("manager-withheld", in: language)
    var text: [String] = []
    let bars = counts.enumerated().map { index, bar -> PageData in
        let month = Int(bar.month.text("month").suffix(2)) ?? 0
        let name = "\(Words.text("month-\(month)", in: language).prefix(3)) \(Words.text("figures-channel-\(bar.channel)", in: language))"
        text.append("\(name) \(bar.count.map(String.init) ?? withheld)")
        let width = (bar.count ?? 0) * 170 / most
        return [
            "name": name, "y": index * 28 + 4, "textY": index * 28 + 18, "width": width, "valueX": 126 + width, "isShown": bar.count != nil,
            "count": bar.count.map(String.init) ?? "", "kind": bar.channel == "meldcode" ? "bar" : "bar second",
        ]
    }
    return ["height": max(1, counts.count * 28), "bars": bars, "text": text.joined(separator: ", ")]
}
