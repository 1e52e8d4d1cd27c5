import Foundation
import StrictJSON
import Testing

@Suite("the uniform report on the command line")
struct ReportTests {
    private func report(_ folder: String, _ more: String...) async throws -> ProgramResult {
        try await run(
            Checkout.binary,
            ["report", "--data", folder, "--from", "2000-01-01", "--to", "2099-12-31"] + more,
            environment: ["CONVENANT_POLICIES": Checkout.policies])
    }

    @Test("R89 R90 the demonstration's signals are counted, twice with the same bytes, and every format says what is made up")
    func formats() async throws {
        let folder = try await DemoFolder.copy()
        for format in ["text", "csv", "json", "html"] {
            let first = try await report(folder, "--format", format)
            #expect(first.code == 0, "\(first.errors)")
            #expect(first.errors.isEmpty)
            #expect(first.output.contains("FICTITIOUS DECISIONS"))
            #expect(first.output.lowercased().contains("simulated"))
            #expect(try await report(folder, "--format", format).output == first.output)
        }
        let json = try parseJSON(Array(try await report(folder, "--format", "json").output.utf8))
        let signals = try #require(json["signals"]?.integerValue)
        #expect(signals > 0)
        #expect((json["meldcode"]?.integerValue ?? 0) + (json["otherChannels"]?.integerValue ?? 0) == signals)
        #expect((json["disclosuresPermitted"]?.integerValue ?? 0) > 0)
        #expect((json["disclosuresRefused"]?.integerValue ?? 0) > 0)
    }

    @Test("--output writes the file and nothing to standard output")
    func output() async throws {
        let folder = try await DemoFolder.copy()
        let file = folder + "/report.html"
        let written = try await report(folder, "--format", "html", "--output", file)
        #expect(written.code == 0 && written.output.isEmpty)
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
        let nowhere = try await report(folder, "--output", "/nonexistent/report.txt")
        #expect(nowhere.code == 74)
        #expect(nowhere.errors.contains("hint:"))
    }

    @Test("a period that has not ended, or has not begun, is remarked on beside the report; one that has ended is not")
    func unended() async throws {
        let folder = try await TestFolder.prepared()
        for (from, to, remark) in [
            ("2009-01-01", "2009-08-31", ""),
            ("2009-01-01", "2099-12-31", "convenant: note: the period has not ended: its figures still change\n"),
            ("2099-01-01", "2099-12-31", "convenant: note: the period lies in the future\n"),
        ] {
            let report = try await folder.command("report", "--from", from, "--to", to)
            #expect(report.code == 0 && !report.output.isEmpty && report.errors == remark, "\(report.errors)")
        }
    }

    @Test("R100 a report that was made is an entry of the log, beside a daemon and without one; a demonstration's log stays as it is")
    func noted() async throws {
        func made(_ folder: String) async throws -> Int {
            let log = try await run(Checkout.binary, ["log", "entries", "--limit", "2000", "--data", folder])
            return log.output.components(separatedBy: "export.made").count - 1
        }
        let folder = try await TestFolder.prepared()
        #expect(try await made(folder.data) == 0)
        #expect(try await folder.command("report", "--from", "2009-01-01", "--to", "2009-08-31").code == 0)
        #expect(try await made(folder.data) == 1)
        try await withDaemon(folder) { daemon in
            let report = try await folder.command("report", "--from", "2009-01-01", "--to", "2009-08-31")
            #expect(report.code == 0 && report.errors.isEmpty, "\(report.errors)")
            #expect(try await made(folder.data) == 2)
            #expect(try await daemon.stop().code == 0)
        }
        let demonstration = try await DemoFolder.copy()
        let before = try await made(demonstration)
        #expect(try await report(demonstration).code == 0)
        #expect(try await made(demonstration) == before)
    }

    @Test("R97 --guarded withholds small counts in every format, and is of one quarter that has ended")
    func guarded() async throws {
        let demonstration = try await DemoFolder.copy()
        for (format, word) in [("text", "withheld"), ("csv", ",withheld,"), ("json", "\"withheld\":["), ("html", "niet getoond")] {
            let guarded = try await report(demonstration, "--guarded", "--format", format)
            #expect(guarded.code == 0 && guarded.output.contains(word), "\(format)")
            #expect(try await !report(demonstration, "--format", format).output.contains(word))
        }
        let folder = try await TestFolder.prepared()
        #expect(try await folder.command("report", "--from", "2009-07-01", "--to", "2009-09-30", "--guarded").code == 0)
        let refused = try await folder.command("report", "--from", "2009-01-01", "--to", "2009-08-31", "--guarded")
        #expect(refused.code == 1 && refused.output.isEmpty)
        #expect(refused.errors.hasPrefix("convenant: --to: without small counts a report is of one quarter of a year (hint: "))
    }

    @Test("an entry that was changed gives no figures")
    func harmed() async throws {
        let folder = try await DemoFolder.copy()
        _ = try await sqlite(
            folder + "/convenant.sqlite",
            "UPDATE audit_entry SET entry = CAST(replace(CAST(entry AS TEXT), 'meldcode', 'email') AS BLOB) WHERE instr(entry, 'signal.filed') > 0"
        )
        let result = try await report(folder)
        #expect(result.code == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("log verify"))
    }

    @Test("64 for a date that is none and a period that ends before it begins; 78 for no folder")
    func usage() async throws {
        for dates in [["2009-02-30", "2009-08-31"], ["2009-08-31", "2009-01-01"]] {
            let result = try await run(Checkout.binary, ["report", "--from", dates[0], "--to", dates[1], "--data", "/nonexistent"])
            #expect(result.code == 64)
        }
        let nothing = try await run(Checkout.binary, ["report", "--from", "2009-01-01", "--to", "2009-08-31", "--data", "/nonexistent"])
        #expect(nothing.code == 78)
    }
}
