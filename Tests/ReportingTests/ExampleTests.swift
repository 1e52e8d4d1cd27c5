import AuditTrail
import Foundation
import Reporting
import Testing

/// Writes the examples where a person can look at them, when asked to: `CONVENANT_REPORT_EXAMPLE=<folder>`.
@Test("an example in every format", .enabled(if: ProcessInfo.processInfo.environment["CONVENANT_REPORT_EXAMPLE"] != nil))
func writeExamples() throws {
    let folder = URL(filePath: ProcessInfo.processInfo.environment["CONVENANT_REPORT_EXAMPLE"] ?? ".")
    var log = try theHague2009()
    try log.add(.policyLoaded, "2008-12-31T10:00", [:], ["revision": .text("41f09c2277ab3302"), "pack": .text("den-haag-meldcode")])
    try log.add(.policyLoaded, "2009-04-01T10:00", [:], ["revision": .text("93d05a7718ce4411"), "pack": .text("den-haag-meldcode")])
    try log.add(.decisionRefused, "2009-04-01T10:00", [:], ["reasons": .list(["consent-refused", "professional-secrecy"])])
    for number in 0..<60 {
        let day = "2009-0\(1 + number % 8)-1\(number % 10)T10:00"
        let task: [AuditReference: String] = [.task: id(2, 1_000 + number)]
        try log.add(.decisionPermitted, day)
        try log.add(.visitPlanned, day, [:], ["by": .text(number % 4 == 0 ? "partner" : "municipality")])
        try log.add(.contactMade, day, [.signal: id(1, 110 + number)], ["kind": .text("homeVisit"), "outcome": .text("spoke")])
        try log.add(.residentTold, day, [.signal: id(1, 110 + number)], ["way": .text(["phone", "visit", "letter"][number % 3])])
        let moves = [("accepted", nil), ("onHold", nil), ("rejected", "wrongAddress"), ("completed", nil), ("rejected", "clientDeclined")]
        let facts = ["to": moves[number % 5].0, "reason": moves[number % 5].1].compactMapValues { $0.map { AuditFact.text($0) } }
        try log.add(.taskMoved, day, task, facts)
        guard number % 5 == 0 else { continue }
        try log.add(.escalated, day, task, ["rung": .text("deskContactsHelper"), "step": .integer(1)])
        try log.add(.contactMade, day, task, ["kind": .text("helper"), "outcome": .text("promised"), "daysOpen": .integer(9)])
        try log.add(.visitJoined, day, [:], ["visits": .integer(2)])
        try log.add(.aftercareHeld, day, [.signal: id(1, number)], ["outcome": .text("stable")])
    }
    try log.triage(117, "2009-09-03T10:00", "multipleInterrelated")
    let report = UniformReport.fold(log.entries, period: year2009)
    let head = ReportHead(
        municipality: "Gemeente Voorbeeld", pack: "den-haag-meldcode", isSimulated: true, isFictitious: true,
        log: [
            .init(
                origin: "convenant/00000099000000001000/2009/simulated", size: 21_833, root: "nND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=")
        ],
        chosenByReplay: report.notPublished)
    for (name, text) in [
        ("report.txt", report.text(head)), ("report.csv", report.csv(head)), ("report.html", report.html(head)),
        ("report.json", report.json(head).canonicalText),
    ] { try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8) }
}
