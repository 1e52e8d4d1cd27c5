extension UniformReport {
    /// How long people waited for help (R57).
    var waitingForHelp: ReportSection {
        func each<Unit: ReportUnit>(_ name: String, measures: String? = nil, isOfOne: Bool = false, _ figure: (WaitingTime) -> Count<Unit>?)
            -> [ReportLine]
        {
            waitingByPurpose.sorted { $0.key < $1.key }.map { purpose, waiting in
                ReportLine(
                    "\(name)-\(purpose)", purpose, purpose, figure(waiting), depth: 1, measures: measures.map { "\($0)-\(purpose)" },
                    isOfOne: isOfOne)
            }
        }
        var lines = [ReportLine("tasksTakenOn", "Taken on by helpers", "Opgepakt door hulpverleners", waiting.takenOn)]
        lines += each("tasksTakenOn") { $0.takenOn }
        lines.append(
            ReportLine(
                "waitLongest", "Longest wait until then", "Langste wachttijd tot dan", waiting.longest, measures: "tasksTakenOn",
                isOfOne: true))
        lines += each("waitLongest", measures: "tasksTakenOn", isOfOne: true) { $0.longest }
        lines.append(
            ReportLine("waitMedian", "Median wait until then", "Mediane wachttijd tot dan", waiting.median, measures: "tasksTakenOn"))
        lines += each("waitMedian", measures: "tasksTakenOn") { $0.median }
        lines += [
            ReportLine("tasksWaiting", "Still waiting at the end", "Wachten nog aan het einde", waiting.still),
            ReportLine("tasksOnHold", "on a waiting list", "op een wachtlijst", waiting.onHold, depth: 1),
            ReportLine("tasksUnanswered", "not taken on", "niet opgepakt", waiting.unanswered, depth: 1),
        ]
        lines += each("tasksWaiting") { $0.still }
        lines.append(
            ReportLine(
                "waitSoFar", "Longest wait so far", "Langste wachttijd tot nu toe", waiting.longestSoFar, measures: "tasksWaiting",
                isOfOne: true))
        lines += each("waitSoFar", measures: "tasksWaiting", isOfOne: true) { $0.longestSoFar }
        return ReportSection("Waiting for help", "Wachten op hulp", lines)
    }

    /// Whether tasks were done in time, by partner (R62).
    var tasksInTime: ReportSection {
        let all = onTime.values.reduce(OnTime(), +)
        let partners = onTime.sorted { $0.key < $1.key }
        func each(_ name: String, _ figure: (OnTime) -> ReportLine.Figure) -> [ReportLine] {
            partners.map { partner, onTime in
                let (count, remark) = figure(onTime)
                let dutch = partner == Self.unnamedPartner ? "andere partners" : partner
                return ReportLine("\(name)-\(partner)", partner, dutch, count, depth: 1, remark: remark)
            }
        }
        let (inTime, late): (Count<Tasks>?, Count<Tasks>?) = onTime.isEmpty ? (nil, nil) : (all.inTime, all.late)
        var lines = [ReportLine("tasksInTime", "Done in time", "Op tijd afgerond", inTime, remark: all.rate)]
        lines += each("tasksInTime") { ($0.inTime, $0.rate) }
        lines.append(ReportLine("tasksLate", "A deadline passed", "Termijn verstreken", late))
        lines += each("tasksLate") { ($0.late, nil) }
        return ReportSection("Tasks in time", "Taken op tijd", lines)
    }
}

extension ReportLine {
    fileprivate typealias Figure = (count: Count<Tasks>, remark: Wording?)
}

extension OnTime {
    /// `85.0% of 20`.
    fileprivate var rate: Wording? {
        share.map { Wording("\($0.english) of \((inTime + late).value)", "\($0.dutch) van \((inTime + late).value)") }
    }
}
