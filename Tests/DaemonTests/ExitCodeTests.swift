import Foundation
import Testing

@Suite("exit codes of the command line")
struct ExitCodeTests {
    @Test("every command that `--help` lists has an example in its own help")
    func help() async throws {
        var waiting: [[String]] = [[]]
        var leaves = 0
        while let path = waiting.popLast() {
            let shown = try await run(Checkout.binary, path + ["--help"], environment: ["COLUMNS": "200"])
            #expect(shown.code == 0)
            #expect(shown.output.contains("OVERVIEW:"))
            let lines = shown.output.split(separator: "\n", omittingEmptySubsequences: false)
            let below = lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst().prefix { !$0.isEmpty }
                .compactMap { $0.firstMatch(of: /^  ([a-z-]+)( |$)/).map { String($0.1) } }
            if below.isEmpty {
                leaves += 1
                #expect(shown.output.contains("Example: convenant " + path.joined(separator: " ")), "\(path)")
            } else {
                waiting += below.map { path + [$0] }
            }
            if path.isEmpty { #expect(shown.output.contains("convenant demo --once")) }
        }
        #expect(leaves >= 18)
    }

    @Test(
        "64 for what no command or option is, and for a number that is no OIN",
        arguments: [
            ["frobnicate"], ["serve", "--colour", "red"], ["init"], ["init", "--oin", "12", "--name", "X", "--data", "/tmp/nonexistent/x"],
            ["keys", "end-epoch", "one"], ["staff", "add", "desk-9"],
        ])
    func usage(arguments: [String]) async throws {
        let result = try await run(Checkout.binary, arguments)
        #expect(result.code == 64)
        #expect(result.output.isEmpty)
        #expect(!result.errors.isEmpty)
    }

    @Test("65 for an input file that is missing or is not what it should be")
    func badInput() async throws {
        let folder = try await TestFolder.prepared()
        let missing = try await folder.command(
            "partner", "add", "--oin", Town.care.oin, "--name", "X", "--certificate", "/nonexistent", "--keys", "/nonexistent")
        #expect(missing.code == 65)
        #expect(missing.errors.contains("`/nonexistent`"))
        #expect(missing.errors.contains("hint:"))
        let partner = folder.partner(Town.care).path
        let notKeys = try await convenant(
            "open", "--key", partner + "/enc.jwk", "--sender", partner + "/tls-chain.pem", "--trust", partner + "/exchange-roots.pem")
        #expect(notKeys.code == 65)
        #expect(try await folder.command("log", "verify", "--checkpoint", "/nonexistent").code == 65)
    }

    @Test(
        "74 and one line for a result that cannot be written",
        arguments: [
            ["--help"], ["policy", "check", Checkout.policies], ["log", "verify"],
            ["report", "--from", "2009-01-01", "--to", "2009-08-31"],
        ])
    func outputLost(arguments: [String]) async throws {
        let folder = try await TestFolder.prepared()
        let result = try await onFullDevice(arguments, "> /dev/full", folder)
        #expect(result.code == 74, "\(result.code) \(result.errors)")
        #expect(
            result.errors.hasPrefix("convenant: standard output cannot be written: No space left on device (hint: "), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        // Nor does the program fall over where it cannot say what is wrong.
        #expect(try await onFullDevice(["log", "verify", "--checkpoint", "/nonexistent"], "2> /dev/full", folder).code == 65)
    }

    private func onFullDevice(_ arguments: [String], _ redirection: String, _ folder: TestFolder) async throws -> ProgramResult {
        try await run(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" \(redirection)", Checkout.binary] + arguments,
            environment: ["CONVENANT_DATA": folder.data])
    }

    @Test("a reader that is gone ends the program without a word, as is usual")
    func readerGone() async throws {
        let result = try await run("/bin/sh", ["-c", "{ sleep 1; \"$0\" --help; echo $? >&2; } | true", Checkout.binary])
        #expect(result.errors == "141\n", "\(result.errors)")
    }

    @Test("a daemon that cannot write to standard error goes on")
    func noStandardError() async throws {
        let folder = try await TestFolder.prepared()
        let daemon = try await TestDaemon.start(folder, under: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2> /dev/full"])
        try "no covenant".write(toFile: folder.policies + "/covenants/broken.yaml", atomically: true, encoding: .utf8)
        daemon.reload()
        try await eventually("the reload is refused") { try await daemon.figure("convenant_reload_failed{part=\"policies\"}") == 1 }
        #expect(try await daemon.stop().code == 0)
    }

    @Test("69 when somebody holds the folder and does not answer at its socket")
    func unreachable() async throws {
        let folder = try await TestFolder.prepared()
        // The lock is held by this process, and the socket is one that a killed daemon left.
        let descriptor = open(folder.file("run/lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        defer { close(descriptor) }
        let result = try await folder.command("staff", "list")
        #expect(result.code == 69)
        #expect(result.errors.contains("hint:"))
    }

    @Test("a command that waits for a daemon says so, and is answered when the daemon goes on")
    func waited() async throws {
        try await withDaemon { daemon in
            daemon.process.signal(SIGSTOP)
            defer { daemon.process.signal(SIGCONT) }
            let command = try ChildProcess(Checkout.binary, ["staff", "list", "--data", daemon.folder.data])
            try await eventually("it says that it waits") { command.errors.contains("waiting, at most 60 s") }
            daemon.process.signal(SIGCONT)
            let listed = try await command.end(within: 60)
            #expect(listed.code == 0 && listed.output.contains("desk-1"), "\(listed.errors)")
        }
    }

    @Test("a socket and a lock file that a killed daemon left are in nobody's way")
    func staleSocket() async throws {
        let folder = try await TestFolder.prepared()
        let daemon = try await TestDaemon.start(folder)
        await daemon.kill()
        #expect(FileManager.default.fileExists(atPath: folder.file("run/control.sock")))
        let listed = try await folder.command("staff", "list")
        #expect(listed.code == 0)
        #expect(listed.output.contains("desk-1"))
        try await withDaemon(folder) { daemon in
            let ready = try await daemon.manage("/health/ready")
            #expect(ready.status == 200)
        }
    }

    @Test("a daemon that starts while a command holds the folder waits until it is free")
    func waits() async throws {
        let folder = try await TestFolder.prepared()
        let descriptor = open(folder.file("run/lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let command = Task {
            defer { close(descriptor) }
            try await Task.sleep(for: .seconds(3))
        }
        try await withDaemon(folder) { daemon in
            let ready = try await daemon.manage("/health/ready")
            #expect(ready.status == 200)
            #expect(try await daemon.stop().code == 0)
        }
        try await command.value
    }

    @Test("73 for a second daemon on the same folder; the first goes on")
    func inUse() async throws {
        try await withDaemon { daemon in
            let waiting = try TestDaemon.serve(daemon.folder)
            try await eventually("it says that it waits") { waiting.errors.contains("waiting") }
            // Told to read again before it has read anything: that ends nobody.
            waiting.signal(SIGHUP)
            let second = await waiting.end(within: 30)
            #expect(second.code == 73)
            #expect(second.output.isEmpty)
            for part in [daemon.folder.data, "process \(daemon.process.pid)", "waiting", "hint:"] {
                #expect(second.errors.contains(part), "\(part): \(second.errors)")
            }
            #expect(try await daemon.manage("/health/ready").status == 200)
        }
    }

    @Test("`doctor` ends with 0 for a sound folder and with 1 for one where something is missing or undecided")
    func doctor() async throws {
        let folder = try await TestFolder.prepared()
        let sound = try await folder.command("doctor")
        #expect(sound.code == 0, "\(sound.output)")
        #expect(sound.output.contains("ok"))
        try FileManager.default.copyItem(atPath: folder.file("trust/message-sign.crt"), toPath: folder.root + "/kept.crt")
        try FileManager.default.removeItem(atPath: folder.file("trust/message-sign.crt"))
        let missing = try await folder.command("doctor")
        #expect(missing.code == 1)
        #expect(missing.output.contains("message-sign.crt"))
        try FileManager.default.copyItem(atPath: folder.root + "/kept.crt", toPath: folder.file("trust/message-sign.crt"))
        let undecided = try await TestFolder.make(decided: false)
        let told = try await undecided.command("doctor")
        #expect(told.code == 1)
        #expect(told.output.contains("terms.pickUp"))
        chmod(folder.file("secrets/tls.pem"), 0o640)
        #expect(try await folder.command("doctor").code == 1)
    }

    @Test("`init` makes a folder with the modes of contract §7, once")
    func initialised() async throws {
        let folder = try await TestFolder.make()
        func mode(_ name: String) throws -> Int? {
            (try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions] as? NSNumber)?.intValue
        }
        for name in ["", "secrets", "trust", "trust/lists", "run"] { #expect(try mode(name) == 0o700) }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.file("secrets")) {
            #expect(try mode("secrets/" + name) == 0o600)
        }
        let again = try await convenant(
            "init", "--data", folder.data, "--oin", Town.municipality, "--name", "Gemeente", "--policies", folder.policies)
        #expect(again.code == 78)
        #expect(again.errors.contains("hint:"))
    }

    @Test("`init` leaves a used folder's keys alone, also when its settings are lost; one that was never finished it makes anew")
    func settingsLost() async throws {
        let folder = try await TestFolder.make()
        func secrets() throws -> [String: Data] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("secrets"))
            return Dictionary(
                uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: folder.file("secrets/\($0)")) ?? Data()) })
        }
        func begin() async throws -> ProgramResult {
            try FileManager.default.removeItem(atPath: folder.file("convenant.yaml"))
            return try await convenant(
                "init", "--data", folder.data, "--oin", Town.municipality, "--name", "Gemeente \"De Hoek\": Zuid \\ #1", "--policies",
                folder.policies)
        }
        let first = try secrets()
        #expect(try await begin().code == 0)
        #expect(try Set(secrets().keys) == Set(first.keys))
        #expect(try await folder.command("staff", "add", "desk-1", "--role", "contactPoint").code == 0)
        let used = try secrets()
        let refused = try await begin()
        #expect(refused.code == 78)
        #expect(refused.errors.contains("put convenant.yaml back"))
        #expect(try secrets() == used)
    }
}
