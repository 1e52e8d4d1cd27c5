import Foundation
import Synchronization

/// What a program that ended left behind.
struct ProgramResult: Sendable {
    /// The exit code; minus the signal's number when a signal ended it.
    let code: Int32
    let output: String
    let errors: String
}

/// Where things of the checkout are that the tests drive.
enum Checkout {
    /// The root of the checkout, found from this file.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    static let policies = root + "/policies"
    static let interop = root + "/Tests/Interop"

    /// The program under test: `CONVENANT_BINARY`, or what was built beside these tests.
    static let binary: String = {
        if let given = ProcessInfo.processInfo.environment["CONVENANT_BINARY"] { return given }
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        let candidates = [products.path + "/convenant", root + "/.build/release/convenant"]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? candidates[0]
    }()

    /// Python with the packages of Tests/Interop/requirements.txt.
    static let python = ProcessInfo.processInfo.environment["CONVENANT_PYTHON"] ?? root + "/.venv/bin/python3"
}

/// A child process whose output goes to files, so that no pipe can fill.
final class ChildProcess: Sendable {
    private let process: Mutex<Process>
    private let ending: Task<Int32, Never>
    let pid: pid_t
    let outputFile: String
    let errorFile: String

    /// - Parameters:
    ///   - environment: added to this process's own, of which every `CONVENANT_…` is left out.
    ///   - input: the standard input; nothing when nil.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil, folder: String? = nil) throws {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: program)
        child.arguments = arguments
        child.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CONVENANT_") }
            .merging(environment) { $1 }
        if let folder { child.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let files = TemporaryFolders.shared + "/" + UUID().uuidString
        (outputFile, errorFile) = (files + ".out", files + ".err")
        for file in [outputFile, errorFile] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        var handles = try [outputFile, errorFile].map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) }
        // The child has its own; ours would stay open as long as Foundation keeps the process, which may be for ever.
        defer { for handle in handles { try? handle.close() } }
        (child.standardOutput, child.standardError) = (handles[0], handles[1])
        if let input {
            try input.write(to: URL(fileURLWithPath: files + ".in"))
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: files + ".in"))
            handles.append(handle)
            child.standardInput = handle
        } else {
            child.standardInput = FileHandle.nullDevice
        }
        let ended = AsyncStream<Int32>.makeStream()
        child.terminationHandler = { process in
            let signalled = process.terminationReason == .uncaughtSignal
            ended.continuation.yield(signalled ? -process.terminationStatus : process.terminationStatus)
            ended.continuation.finish()
        }
        try Self.withoutBlockedSignals { try child.run() }
        pid = child.processIdentifier
        TemporaryFolders.remember(pid)
        ending = Task { await ended.stream.first { _ in true } ?? -255 }
        process = Mutex(child)
    }

    /// Runs a body on this thread with no signal blocked: a child inherits what is, and our threads may block all that would end it.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Waits for the end; after this many seconds the process is killed.
    func end(within seconds: Int = 120) async -> ProgramResult {
        let watchdog = Task { [pid] in
            try await Task.sleep(for: .seconds(seconds))
            Foundation.kill(pid, SIGKILL)
        }
        let code = await ending.value
        watchdog.cancel()
        TemporaryFolders.forget(pid)
        return ProgramResult(code: code, output: output, errors: errors)
    }

    func signal(_ number: Int32) { process.withLock { if $0.isRunning { Foundation.kill(pid, number) } } }

    var isRunning: Bool { process.withLock { $0.isRunning } }
    var output: String { text(outputFile) }
    var errors: String { text(errorFile) }

    private func text(_ file: String) -> String {
        FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// Runs a program to its end.
func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil, folder: String? = nil
) async throws -> ProgramResult {
    try await ChildProcess(program, arguments, environment: environment, input: input, folder: folder).end()
}

/// Runs `convenant` to its end.
func convenant(_ arguments: String..., environment: [String: String] = [:], input: Data? = nil, folder: String? = nil) async throws
    -> ProgramResult
{
    try await run(Checkout.binary, arguments, environment: environment, input: input, folder: folder)
}

/// The folder in which these tests make theirs. At exit it goes, and with it every daemon that a failed test left running.
enum TemporaryFolders {
    private static let pids = Mutex<Set<pid_t>>([])

    static let shared: String = {
        // Short: a socket's path has 107 characters at most.
        let path = "/tmp/cvt-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        atexit { TemporaryFolders.removeAll() }
        return path
    }()

    private static let counter = Mutex(0)

    /// A new folder's path; the folder itself is not made.
    static func newPath(_ name: String) -> String {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        return "\(shared)/\(name)-\(number)"
    }

    static func remember(_ pid: pid_t) { pids.withLock { _ = $0.insert(pid) } }
    static func forget(_ pid: pid_t) { pids.withLock { _ = $0.remove(pid) } }

    private static func removeAll() {
        for pid in pids.withLock({ $0 }) { kill(pid, SIGKILL) }
        if ProcessInfo.processInfo.environment["CONVENANT_KEEP"] == nil { try? FileManager.default.removeItem(atPath: shared) }
    }
}

/// A test that cannot go on.
struct Trouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Waits until something holds; throws after this many seconds.
func eventually(_ what: String, within seconds: Double = 20, _ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try await !holds() {
        guard ContinuousClock.now < end else { throw Trouble("waited \(seconds) s in vain for: \(what)") }
        try await Task.sleep(for: .milliseconds(30))
    }
}
