import ArgumentParser
import Casework
import Exchange
import Foundation
import Storage
import StrictJSON

/// What `doctor` found of one thing.
struct Finding {
    /// How bad it is.
    enum State: String { case ok, warn, fail }
    let state: State
    var detail = ""
    var hint = ""

    static let ok = Finding(state: .ok)
    static func good(_ detail: String) -> Finding { Finding(state: .ok, detail: detail) }
    static func warn(_ detail: String, _ hint: String) -> Finding { Finding(state: .warn, detail: detail, hint: hint) }
    static func fail(_ detail: String, _ hint: String) -> Finding { Finding(state: .fail, detail: detail, hint: hint) }

    /// Of something that ends at an instant, in milliseconds since 1970; it has failed when that has passed.
    static func until(_ end: Int64, from now: Int64, warnBelow warn: Int64, _ hint: String) -> Finding {
        end > now ? .days((end - now) / 86_400_000, warnBelow: warn, hint) : .fail("ended", hint)
    }

    /// Of something that ends in so many days; it has failed when they are negative.
    static func days(_ left: Int64, warnBelow warn: Int64, _ hint: String) -> Finding {
        let text = "\(left) days left"
        return left < 0 ? .fail(text, hint) : left < warn ? .warn(text, hint) : .good(text)
    }
}

extension Finding {
    /// Of a check that could not be made, in the words of the fault.
    static func failed(_ error: any Error, _ said: KeptLines) -> Finding {
        let words = error is ExitCode && !said.text.isEmpty ? said.text : (error as? StoreFault)?.description ?? "\(error)"
        guard words.hasSuffix(")"), let hint = words.range(of: " (hint: ", options: .backwards) else { return .fail(words, "") }
        return .fail(String(words[..<hint.lowerBound]), String(words[hint.upperBound...].dropLast()))
    }
}

/// One visit of the doctor.
struct Examination {
    /// Now, in milliseconds since 1970.
    let now: Int64
    private var findings: [(name: String, finding: Finding)] = []

    init(now: Int64) { self.now = now }

    /// Looks at one thing; what cannot be looked at has failed.
    mutating func at(_ name: String, _ check: () throws -> Finding) {
        let said = KeptLines()
        do {
            let finding = try KeptLines.$current.withValue(said) { try check() }
            findings.append((name, finding))
        } catch { findings.append((name, .failed(error, said))) }
    }

    /// Whether something that was looked at has failed.
    func hasFailed(_ name: String) -> Bool { findings.contains { $0.name == name && $0.finding.state == .fail } }

    /// Looks at what is in the databases, and at the desk as far as these are sound: to open one writes.
    mutating func atData(_ folder: DataFolder, full: Bool) async {
        guard !hasFailed("databases"), FileManager.default.fileExists(atPath: folder.database) else { return }
        // A copy: the checks run while the visit itself is being written to.
        let now = now
        // Before the log is read, which takes a while and a daemon goes on meanwhile; and before the desk is opened, which gives a sign of life of
        // its own.
        at("clock") {
            guard let beat = try TrailReader(folder).heartbeat() else { return .ok }
            let back = beat.wall.millisecondsSince1970 - now
            return back > 60_000
                ? .fail("it stands \(back / 1000) s before the last sign of life", "set the machine's clock, unless it ran ahead before")
                : .ok
        }
        at("log") {
            let verdict = try full ? LogVerdict.of(folder) : LogVerdict.quick(folder)
            return verdict.isIntact ? .ok : .fail(verdict.text, "`convenant log verify`")
        }
        guard !hasFailed("log") else { return at("desk") { .fail("not opened: that would write", "mend the log first") } }
        await atDesk(folder)
    }

    /// Asks whoever holds the folder, or opens it.
    private mutating func atDesk(_ folder: DataFolder) async {
        let now = now
        let found: JSONValue
        let said = KeptLines()
        do {
            found = try await KeptLines.$current.withValue(said) { try await DeskCommands.run("doctor", [:], folder: folder) }
        } catch {
            findings.append(("desk", .failed(error, said)))
            return
        }
        at("durable writes") {
            if found["store"] == "not-durable" { return .fail("nothing can be stored", "look at the disk and its room") }
            return found["synchronous"] == 2
                ? .ok : .fail("SQLite answers before a commit is on the disk", "this is a defect of the program; please report it")
        }
        at("deadlines") {
            let behind = found["behindSeconds"]?.integerValue ?? 0
            return behind > DeadlineWatch.tolerated ? .warn("\(behind) s behind", "look at the load and the disk") : .ok
        }
        at("the desk's lists") {
            let hint = "restore the last good backup with `convenant restore`"
            guard found["lists"] != "not-read" else { return .fail("they cannot be read", hint) }
            let damaged = found["unreadable"]?.integerValue ?? 0
            return damaged > 0 ? .fail("damaged rows: \(damaged)", hint) : .ok
        }
        for (part, flag) in [("data", ""), ("keys", " --keys")] {
            at("last copy of the \(part)") {
                let hint = "`convenant backup\(flag) --to FOLDER`"
                guard let made = found["backups"]?[part]?.stringValue.flatMap({ Instant(rfc3339: $0) }) else { return .warn("none", hint) }
                let hours = (now - made.millisecondsSince1970) / 3_600_000
                return hours > 7 * 24
                    ? .fail("\(hours) hours old", hint) : hours > 48 ? .warn("\(hours) hours old", hint) : .good("\(hours) hours old")
            }
        }
        for term in found["certificates"]?.arrayValue ?? [] where term["holder"] != found["municipality"] {
            let days = term["daysLeft"]?.integerValue ?? 0
            at("\(term["use"]?.stringValue ?? "") of \(term["holder"]?.stringValue ?? "")") {
                if let code = term["refused"]?.stringValue, days >= 0 {
                    return .fail("it does not count: \(code)", "certs/README.md: roots, revocation lists and `trust/revoked`; then reload")
                }
                return .days(days, warnBelow: 30, "ask the partner for a new one, then `convenant partner rotate`")
            }
        }
        if let gap = found["gap"] {
            at("restored") {
                .warn(
                    "messages are held; nothing is known of \(gap["from"]?.stringValue ?? "") to \(gap["until"]?.stringValue ?? "")",
                    "enter again what was told to the desk, then `convenant resume`")
            }
        }
    }

    /// Prints the findings; ends with 1 when one has failed.
    func report(asJSON: Bool) throws {
        if asJSON {
            let items = findings.map { item -> JSONValue in
                var json: JSONObject = ["name": .string(item.name), "state": .string(item.finding.state.rawValue)]
                if !item.finding.detail.isEmpty { json["detail"] = .string(item.finding.detail) }
                if !item.finding.hint.isEmpty { json["hint"] = .string(item.finding.hint) }
                return .object(json)
            }
            print(JSONValue.object(["items": .array(items)]).canonicalText)
        } else {
            let width = findings.map(\.name.count).max() ?? 0
            for (name, finding) in findings {
                let hint = finding.hint.isEmpty ? "" : " (hint: \(finding.hint))"
                print("\(name.padding(to: width))  \(finding.state.rawValue.padding(to: 4))  \(finding.detail)\(hint)")
            }
        }
        if findings.contains(where: { $0.finding.state == .fail }) { throw Exit.refused }
    }
}
