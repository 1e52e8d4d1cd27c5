import Foundation
import Synchronization

/// Writes a result to standard output, at once, for whoever reads along. Every `print` of this module is this one: the library's says nothing
/// of what could not be written.
///
/// Here that is told, once, and the program ends with 74; the command goes on, since half of what it changes would be worse than an answer that
/// is lost. Where the reader of a pipe is gone it ends at once and without a word, as SIGPIPE would end it, which every process with a
/// connection ignores.
func print(_ text: String, terminator: String = "\n") {
    guard let fault = writeAll(text + terminator, to: STDOUT_FILENO) else { return }
    if fault == EPIPE { _exit(128 + SIGPIPE) }
    let isFirst = isOutputCut.withLock { isCut in
        defer { isCut = true }
        return !isCut
    }
    guard isFirst else { return }
    say(
        "convenant: standard output cannot be written: \(String(cString: strerror(fault))) "
            + "(hint: what the command changes is changed all the same; make room, or write elsewhere)")
}

/// Whether all that was printed was written.
var isOutputWhole: Bool { isOutputCut.withLock { !$0 } }

private let isOutputCut = Mutex(false)

/// Writes a line of talk to standard error; results go to standard output. Nothing rests on it: where it cannot be written, nothing stops.
func say(_ line: String, terminator: String = "\n") { _ = writeAll(line + terminator, to: STDERR_FILENO) }

/// Writes a text as a whole.
/// - Returns: what the system says is wrong (`errno`); nil when all of it was written.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
    var rest = ArraySlice(text.utf8)
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return errno }
    }
    return nil
}
