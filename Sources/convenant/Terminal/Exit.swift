import ArgumentParser

/// The exit codes of contract §2.
enum Exit {
    static let refused = ExitCode(1)
    static let usage = ExitCode(64)
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
