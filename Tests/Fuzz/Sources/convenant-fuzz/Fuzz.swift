import Foundation
import Targets

// libFuzzer without its own `main`, which SwiftPM would rename.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What the callback, which captures nothing, works with. libFuzzer calls it on one thread.
private nonisolated(unsafe) var target = FuzzTarget.json
private nonisolated(unsafe) var done = 0
private nonisolated(unsafe) var total = 0
private nonisolated(unsafe) var started = ContinuousClock.now
private nonisolated(unsafe) var told = ContinuousClock.now

/// Feeds one target: `convenant-fuzz TARGET COUNT [libFuzzer's arguments]`.
@main
enum Fuzz {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let named = FuzzTarget(rawValue: arguments[1]), let count = Int(arguments[2]) else {
            FileHandle.standardError.write(
                Data("usage: convenant-fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) COUNT\n".utf8))
            exit(64)
        }
        // The driver ends the process itself.
        atexit { tell(every: .zero) }
        target = named
        total = count
        var pointers = ([arguments[0], "-runs=\(count)"] + arguments.dropFirst(3)).map { strdup($0) } + [nil]
        var number = Int32(pointers.count - 1)
        pointers.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            withUnsafeMutablePointer(to: &start) { arguments in
                _ = runDriver(&number, arguments) { bytes, count in
                    target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
                    done += 1
                    if done % 256 == 0 { tell(every: .seconds(2)) }
                    return 0
                }
            }
        }
    }
}

/// One line, written over: how many, how fast, how much memory.
private func tell(every pause: Duration) {
    let now = ContinuousClock.now
    guard now - told >= pause else { return }
    told = now
    let seconds = Double((now - started).components.seconds) + 0.001
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").dropFirst().first.flatMap {
        Int($0)
    }
    let line = "\(target.rawValue): \(done) of \(total), \(Int(Double(done) / seconds)) a second, \((pages ?? 0) * 4 / 1024) MB"
    FileHandle.standardError.write(Data("\r\(line)\(pause == .zero ? "\n" : "")".utf8))
}
