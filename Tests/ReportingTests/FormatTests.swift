import Casework
import Foundation
import Reporting
import StrictJSON
import Testing

@Suite("formats")
struct FormatTests {
    let report: UniformReport
    init() throws { report = UniformReport.fold(try theHague2009().entries, period: year2009) }

    private let warned = ReportHead(
        municipality: "Gemeente <Voor & Beeld>, \"Oost\"", pack: "den-haag-meldcode", isSimulated: true, isFictitious: true,
        log: [.init(origin: "convenant/00000099000000001000/2009/simulated", size: 1234, root: "cm9vdA==")],
        chosenByReplay: ["mda", "followUp"])

    @Test("fictitious decisions and a simulated log are named in every format")
    func warnings() {
        for text in [report.text(warned), report.csv(warned), report.html(warned), report.json(warned).canonicalText] {
            #expect(text.contains("FICTITIOUS DECISIONS"))
            #expect(text.lowercased().contains("simulated"))
        }
        for text in [report.text(head), report.csv(head), report.html(head), report.json(head).canonicalText] {
            #expect(!text.contains("FICTITIOUS"))
        }
    }

    @Test("a figure that the replay chose is labelled in every format, a published one in none")
    func labels() {
        let text = report.text(warned)
        #expect(text.contains("MDA meetings                      38 ~ (meetings)"))
        #expect(text.contains("MDA and follow-up meetings        53   (meetings)"))
        #expect(text.contains("~ chosen by the replay, not published"))
        #expect(report.csv(warned).contains("mda,meetings,38,\"chosen by the replay, not published\"\r\n"))
        #expect(report.json(warned)["chosenByReplay"] == ["followUp", "mda"])
        let html = report.html(warned)
        #expect(html.components(separatedBy: "class=\"chosen\" title").count == 3)
        #expect(!report.html(head).contains("class=\"chosen\" title"))
    }

    @Test("the CSV has four fields in each line, and text in quotes where it must")
    func csv() {
        let lines = report.csv(warned).components(separatedBy: "\r\n")
        #expect(lines.first == "line,unit,count,remark")
        #expect(lines.last == "")
        #expect(lines.contains("municipality,,,\"Gemeente <Voor & Beeld>, \"\"Oost\"\"\""))
        #expect(lines.contains("signals,signals,498,"))
        #expect(lines.contains("transfers,cases,19,"))
        for line in lines.dropLast() {
            var (fields, isQuoted) = (1, false)
            for character in line {
                if character == "\"" { isQuoted.toggle() }
                if character == ",", !isQuoted { fields += 1 }
            }
            #expect(fields == 4, "\(line)")
        }
        let formula = ReportHead(municipality: "=cmd()", pack: "p")
        #expect(report.csv(formula).contains("municipality,,,'=cmd()\r\n"))
    }

    @Test("the JSON holds no ids, hashes or machine times, and every figure has its unit")
    func json() throws {
        let json = report.json(warned)
        let text = json.canonicalText
        #expect(try parseJSON(Array(text.utf8)) == json)
        #expect(text.firstMatch(of: /[0-9a-f]{12,}|[0-9a-f]{8}-[0-9a-f]{4}/) == nil)
        #expect(!text.contains("cm9vdA") && !text.contains("T0"))
        #expect(json["units"]?["signals"] == "signals")
        #expect(json["units"]?["transfers"] == "cases")
        let names = report.lines.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(json["months"]?.arrayValue?.count == 8)
    }

    @Test("the page stands by itself: no script, nothing from elsewhere, names escaped, a text beside each chart")
    func html() {
        let html = report.html(warned)
        #expect(!html.contains("<script") && !html.contains("http:") && !html.contains("https:") && !html.contains("url("))
        #expect(html.contains("lang=\"nl\""))
        #expect(html.contains("Gemeente &lt;Voor &amp; Beeld&gt;"))
        #expect(!html.contains("<Voor"))
        let charts = html.components(separatedBy: "<svg ").count - 1
        #expect(charts == 5)
        #expect(html.components(separatedBy: "<title id=").count - 1 == charts)
        #expect(html.components(separatedBy: "<desc id=").count - 1 == charts)
        #expect(html.contains("MDA 38, vervolg 15 (bijeenkomsten)"))
        #expect(!html.contains("{{") && !html.contains("}}"))
        #expect(html.contains("cm9vdA=="))
    }

    @Test("labels fit the column of the text format")
    func widths() {
        for line in report.sections.flatMap(\.lines) where !line.name.hasPrefix("refusedBecause") {
            #expect(line.english.count + 2 * line.depth <= 30, "\(line.english)")
        }
    }

    @Test("a report of nothing is a page, too")
    func empty() {
        let empty = UniformReport.fold([], period: period("2009-02-01", "2009-02-01"))
        #expect(empty.html(head).contains("<svg "))
        #expect(empty.checks == ["0 + 0 = 0", "0 + 0 = 0"])
        #expect(empty.signals.months.map(\.first.description) == ["2009-02-01"])
    }
}
