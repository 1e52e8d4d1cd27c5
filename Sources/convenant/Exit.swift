import ArgumentParser
import Foundation

/// The exit codes of contract §2.
enum Exit {
    static let refused = ExitCode(1)
    static let badInput = ExitCode(65)
    static let unreachable = ExitCode(69)
    static let inUse = ExitCode(73)
    static let configuration = ExitCode(78)
}

/// Writes a line of talk to standard error; results go to standard output.
func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

/// Writes a result to standard output without waiting for a buffer to fill, for whoever reads along.
@Sendable func printAtOnce(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// Says what is wrong and ends with this code.
func fail(_ line: String, _ code: ExitCode) -> ExitCode {
    say("convenant: \(line)")
    return code
}

/// The bytes of a file that the user named.
func readInput(_ path: String, what: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
        throw fail("\(what) `\(path)` cannot be read (hint: check the path and its mode)", Exit.badInput)
    }
    return [UInt8](data)
}
