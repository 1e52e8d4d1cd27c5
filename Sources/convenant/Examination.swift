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
        end > now ? .days((end - now) / 86_400_000, warnBelow: warn, failBelow: 0, hint) : .fail("ended", hint)
    }

    /// Of something that ends in so many days.
    static func days(_ left: Int64, warnBelow warn: Int64, failBelow fail: Int64, _ hint: String) -> Finding {
        let text = "\(left) days left"
        return left < fail ? .fail(text, hint) : left < warn ? .warn(text, hint) : .good(text)
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
        do { findings.append((name, try check())) } catch let fault as StoreFault {
            findings.append((name, .fail(fault.description, "")))
        } catch let code as ExitCode {
            findings.append((name, .fail("see above", "exit code \(code.rawValue)")))
        } catch { findings.append((name, .fail("\(error)", ""))) }
    }

    /// Asks whoever holds the folder, or opens it.
    mutating func atDesk(_ folder: DataFolder) async {
        // A copy: the checks run while the visit itself is being written to.
        let now = now
        let found: JSONValue
        do { found = try await DeskCommands.run("doctor", [:], folder: folder) } catch {
            at("desk") { .fail("it does not open", "the lines above say why") }
            return
        }
        at("durable writes") {
            found["synchronous"] == 2
                ? .ok : .fail("SQLite answers before a commit is on the disk", "this is a defect of the program; please report it")
        }
        at("deadlines") {
            let behind = found["behindSeconds"]?.integerValue ?? 0
            return behind > DeadlineWatch.tolerated ? .warn("\(behind) s behind", "look at the load and the disk") : .ok
        }
        at("clock") {
            guard let beat = found["heartbeat"]?.stringValue.flatMap({ Instant(rfc3339: $0) }) else { return .ok }
            let back = beat.millisecondsSince1970 - now
            return back > 60_000 ? .fail("it stands \(back / 1000) s before the last sign of life", "set the machine's clock") : .ok
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
                .days(days, warnBelow: 30, failBelow: 0, "ask the partner for a new one, then `convenant partner rotate`")
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
