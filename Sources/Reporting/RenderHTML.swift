import Casework
import Mustache

extension UniformReport {
    /// The report as one HTML file in Dutch, English beside it: no scripts, nothing from elsewhere, for screen, telephone and A4.
    public func html(_ head: ReportHead) -> String { html(head, guarded: nil) }

    func html(_ head: ReportHead, guarded: GuardedReport?) -> String {
        let sections = guarded?.sections ?? self.sections
        let corrections = guarded == nil ? self.corrections : []
        var page: [String: Any] = [
            "municipality": head.municipality, "pack": head.pack, "from": period.from.inDutchWithYear, "to": period.to.inDutchWithYear,
            "periodEnglish": "\(period.from.inEnglishWithYear) to \(period.to.inEnglishWithYear)",
            "warnings": head.warnings.map { ["dutch": $0.dutch, "english": $0.english] },
            "breaks": breaks.map {
                ["on": $0.on.inDutchWithYear, "pack": $0.pack, "before": short($0.before), "after": short($0.after)]
            },
            "corrections": corrections.map { ["dutch": $0.dutch, "english": $0.english] }, "hasCorrections": !corrections.isEmpty,
            "checks": checks.joined(separator: " · "), "hasChosen": !head.chosenByReplay.isEmpty,
            "log": head.log.map { ["origin": $0.origin, "size": String($0.size), "root": $0.root] }, "hasLog": !head.log.isEmpty,
            "acknowledgements": acknowledgements(head).map {
                ["name": $0.asked.name, "covenant": $0.asked.covenant, "dutch": $0.dutch, "english": $0.english]
            }, "hasAcknowledgements": !head.workers.isEmpty,
            "monthChart": monthChart, "monthsChosen": head.chosenByReplay.isDisjoint(with: ["months"]) == false,
        ]
        page["countingRules"] = String(Self.countingRules)
        page["isGuarded"] = guarded != nil
        page["guardedNote"] = ["dutch": GuardedReport.note.dutch, "english": GuardedReport.note.english]
        page["breakMeaning"] = ["dutch": DefinitionBreak.meaning.dutch, "english": DefinitionBreak.meaning.english]
        page["months"] = signals.months.map { month -> [String: String] in
            let values = month.values(guarded)
            return [
                "name": "\(month.first.monthInDutch) \(month.first.year)", "meldcode": values.meldcode.dutch,
                "other": values.otherChannels.dutch, "all": values.all.dutch,
            ]
        }
        page["summary"] = sections.first.map {
            shown(
                $0, head, english: true,
                charts: guarded == nil ? [("Hoe de meldingen zijn opgepakt", routeChart), ("Meldingen per kanaal", channelChart)] : [])
        }
        page["rest"] = sections.dropFirst().map { section in
            shown(section, head, english: false, charts: guarded == nil ? charts(of: section) : [])
        }
        return Self.templates.render(page, withTemplate: "page") ?? ""
    }

    /// The page and the table that stands in it thrice.
    private static let templates: MustacheLibrary = {
        do {
            return MustacheLibrary(templates: [
                "page": try MustacheTemplate(string: String(decoding: PackageResources.report_mustache, as: UTF8.self)),
                "table": try MustacheTemplate(string: String(decoding: PackageResources.report_table_mustache, as: UTF8.self)),
            ])
        } catch {
            // The templates are part of the program; every test of a page would end here.
            preconditionFailure("the report's templates cannot be read: \(error)")
        }
    }()

    private func shown(_ section: ReportSection, _ head: ReportHead, english: Bool, charts: [(title: String, svg: String)]) -> [String: Any]
    {
        [
            "dutch": section.dutch, "english": section.english,
            "rows": section.lines.map { line in
                [
                    "dutch": line.dutch, "english": line.english, "isEnglishShown": english && line.dutch != line.english,
                    "isZero": line.count.map { $0 == 0 } ?? true,
                    "count": line.value.dutch, "unit": line.unit.dutch, "hasRemark": line.remark != nil,
                    "remark": line.remark?.dutch ?? "", "isPart": line.depth > 0,
                    "isChosen": head.isChosen(line),
                ] as [String: Any]
            }, "charts": charts.map { ["title": $0.title, "svg": $0.svg] },
        ]
    }

    private func charts(of section: ReportSection) -> [(title: String, svg: String)] {
        if section == meetingsAndPlatforms {
            return [("Gehouden bijeenkomsten", meetingChart), ("Doorgezette casussen per platform", platformChart)]
        }
        guard section == waitingForHelp, waiting.longest != nil else { return [] }
        return [("Langste wachttijd", waitChart("longest") { $0.longest }), ("Mediane wachttijd", waitChart("median") { $0.median })]
    }

    private func waitChart(_ id: String, _ wait: (WaitingTime) -> Count<Days>?) -> String {
        Chart<Days>(title: "Dagen tot hulp", id: "waits-\(id)").bars(
            waitingByPurpose.sorted { $0.key < $1.key }.compactMap { purpose, waiting in
                wait(waiting).map { (label: purpose, count: $0) }
            })
    }

    private var routeChart: String {
        Chart<Signals>(title: "Meldingen naar afhandeling", id: "routes").bars(
            Route.allCases.filter { $0 != .toBeTriaged || signals.routes[$0].value > 0 }.map { ($0.label.dutch, signals.routes[$0]) })
    }

    private var channelChart: String {
        let names: [Channel: String] = [.meldcode: "meldcode", .consultation: "overleg", .email: "e-mail", .phone: "telefoon"]
        return Chart<Signals>(title: "Meldingen naar kanaal", id: "channels").bars(
            Channel.allCases.filter { $0 != .other || signals.channels[$0].value > 0 }.map { (names[$0] ?? "anders", signals.channels[$0]) }
        )
    }

    private var meetingChart: String {
        Chart<Meetings>(title: "Gehouden bijeenkomsten", id: "meetings").bars([
            ("MDA", meetings[.mda]), ("vervolg", meetings[.followUp]),
        ])
    }

    private var platformChart: String {
        Chart<Cases>(title: "Doorgezette casussen naar platform", id: "platforms").bars(
            Platform.allCases.map { ($0.label.dutch, transfers[$0]) })
    }

    private var monthChart: String {
        // More than two years of months would be hairlines: then a bar is a year.
        let byYear = signals.months.count > 24
        var columns: [(label: String, lower: Count<Signals>, upper: Count<Signals>)] = []
        for month in signals.months {
            let label =
                byYear
                ? String(month.first.year)
                : signals.months.count > 12 ? String(month.first.monthInDutch.prefix(1)) : month.first.shortMonthInDutch
            if byYear, let last = columns.last, last.label == label {
                columns[columns.count - 1] = (label, last.lower + month.meldcode, last.upper + month.otherChannels)
            } else {
                columns.append((label, month.meldcode, month.otherChannels))
            }
        }
        return Chart<Signals>(title: byYear ? "Meldingen per jaar" : "Meldingen per maand", id: "months").columns(
            columns, lower: "meldcode", upper: "andere kanalen")
    }
}
