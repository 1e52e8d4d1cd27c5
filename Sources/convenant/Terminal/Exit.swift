import ArgumentParser
import Foundation

/// The exit codes of contract §2.
enum Exit {
    static let refused = ExitCode(1)
    static let badInput = ExitCode(65)
    static let unreachable = ExitCode(69)
    static let inUse = ExitCode(73)
    static let outputLost = ExitCode(74)
    static let passing = ExitCode(75)
    static let configuration = ExitCode(78)
}

/// Says what is wrong and ends with this code.
func fail(_ line: String, _ code: ExitCode) -> ExitCode {
    if let kept = KeptLines.current { kept.keep(line) } else { say("convenant: \(line)") }
    return code
}

/// The bytes of a file of a data folder; nil where there is none. One that is there counts for something: going on without it could undo what
/// it says, so where it cannot be read nothing goes on.
func readIfThere(_ path: String) throws -> [UInt8]? {
    if let data = FileManager.default.contents(atPath: path) { return [UInt8](data) }
    var status = stat()
    guard lstat(path, &status) != 0, errno == ENOENT else {
        throw fail("`\(path)` cannot be read (hint: run as the user whom the folder belongs to)", Exit.configuration)
    }
    return nil
}

/// The bytes of a file that the user named.
func readInput(_ path: String, what: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
        throw fail("\(what) `\(path)` cannot be read (hint: check the path and its mode)", Exit.badInput)
    }
    return [UInt8](data)
}
