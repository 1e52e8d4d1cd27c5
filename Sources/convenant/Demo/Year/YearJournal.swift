import Foundation
import Storage
import StrictJSON
import Synchronization

/// `year.journal`: a line for each step that is done, with the ids that later steps need.
///
/// A line is written when its step was answered. What a crash cuts off is done again under the same idempotency key, which does no harm.
final class YearJournal: Sendable {
    private struct State {
        var done: Set<Int> = []
        var ids: [Int: [String: String]] = [:]
        var notes: [String: JSONValue] = [:]
    }
    private let descriptor: Int32
    private let path: String
    private let state: Mutex<State>

    static func path(in folder: DataFolder) -> String { folder.path + "/year.journal" }

    /// Opens the folder's journal, or begins one with this heading; another heading belongs to another year.
    init(_ folder: DataFolder, heading: JSONValue) throws {
        path = Self.path(in: folder)
        var read = State()
        let bytes = FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
        let whole = bytes.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        var lines = bytes[..<whole].split(separator: 0x0a).map { try? parseJSON(Array($0)) }
        if !lines.isEmpty {
            guard lines.removeFirst() == heading else {
                throw fail(
                    "`\(path)` was begun with another seed or other changes (hint: give the same, or another --data)", Exit.configuration)
            }
            for line in lines {
                guard let line else { throw fail("`\(path)` is damaged (hint: begin anew in another folder)", Exit.configuration) }
                Self.take(line, into: &read)
            }
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        // A line that a crash cut in two is written anew with its step.
        guard descriptor >= 0, ftruncate(descriptor, off_t(whole)) == 0, lseek(descriptor, 0, Int32(SEEK_END)) >= 0 else {
            throw fail("`\(path)` cannot be written (hint: check the folder's owner and the disk's room)", Exit.configuration)
        }
        state = Mutex(read)
        if whole == 0 { try append(heading) }
    }

    deinit { close(descriptor) }

    /// Whether a step was done before.
    func isDone(_ step: Int) -> Bool { state.withLock { $0.done.contains(step) } }

    /// How many steps are done.
    var stepsDone: Int { state.withLock { $0.done.count } }

    /// An id of a case, by its name.
    func id(_ name: String, of about: Int) throws -> String {
        guard let id = state.withLock({ $0.ids[about]?[name] }) else { throw YearTrouble("case \(about) has no `\(name)` yet") }
        return id
    }

    /// Whether a case has an id of that name.
    func has(_ name: String, of about: Int) -> Bool { state.withLock { $0.ids[about]?[name] != nil } }

    /// What was kept for the last page.
    func note(_ name: String) -> JSONValue? { state.withLock { $0.notes[name] } }

    /// Records a step with what it gave.
    func finish(_ step: Int, of about: Int, ids: [String: String]) throws {
        var line: JSONObject = ["step": .integer(Int64(step)), "case": .integer(Int64(about))]
        if !ids.isEmpty {
            var given: JSONObject = [:]
            for (name, id) in ids.sorted(by: { $0.key < $1.key }) { given[name] = .string(id) }
            line["ids"] = .object(given)
        }
        try append(.object(line))
    }

    /// Keeps something by name.
    func keep(_ value: JSONValue, as name: String) throws { try append(["note": .string(name), "value": value]) }

    /// What was written survives a loss of power from here on.
    func flush() { fsync(descriptor) }

    private func append(_ line: JSONValue) throws {
        let bytes = line.canonicalBytes() + [0x0a]
        let written = state.withLock { state in
            Self.take(line, into: &state)
            return bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        }
        guard written == bytes.count else { throw YearTrouble("`\(path)` cannot be written (hint: check the disk's room)") }
    }

    private static func take(_ line: JSONValue, into state: inout State) {
        if let name = line["note"]?.stringValue { state.notes[name] = line["value"] }
        guard let step = line["step"]?.integerValue, let about = line["case"]?.integerValue else { return }
        state.done.insert(Int(step))
        for member in line["ids"]?.objectValue?.members ?? [] {
            state.ids[Int(about), default: [:]][member.name] = member.value.stringValue
        }
    }
}
