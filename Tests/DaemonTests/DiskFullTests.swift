import AsyncHTTPClient
import Foundation
import StrictJSON
import Testing

/// The disk is full in the middle of batches: nobody is told yes, nothing that was told is lost, and it goes on when there is room.
@Suite("a full disk", .serialized)
struct DiskFullTests {
    @Test("writes are refused as not durable, nothing is lost, and room brings it back", arguments: [false, true])
    func full(killed: Bool) async throws {
        let folder = try await TestFolder.prepared("full")
        let disk = try await SmallDisk.mount(under: folder, megabytes: 24)
        do {
            try await fill(folder, disk, killed: killed)
        } catch {
            await disk.unmount()
            throw error
        }
        await disk.unmount()
    }

    @Test("a daemon that is started on a full disk ends with 75, goes on with a list that holds, and serves when there is room")
    func started() async throws {
        let folder = try await TestFolder.prepared("full")
        let disk = try await SmallDisk.mount(under: folder, megabytes: 24)
        do {
            try disk.leave(free: 0)
            let refused = try await TestDaemon.serve(folder).end(within: 30)
            #expect(refused.code == 75 && refused.errors.contains("the list that is there still holds"), "\(refused.errors)")
            try disk.removeBallast()
            let daemon = try await TestDaemon.start(folder)
            #expect(try await daemon.stop().code == 0)
        } catch {
            await disk.unmount()
            throw error
        }
        await disk.unmount()
    }

    private func fill(_ folder: TestFolder, _ disk: SmallDisk, killed: Bool) async throws {
        var daemon = try await TestDaemon.start(folder)
        do {
            try await fill(&daemon, disk, killed: killed)
        } catch {
            await daemon.kill()
            throw error
        }
        #expect(try await daemon.stop().code == 0)
        let verified = try await folder.command("log", "verify")
        #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
    }

    private func fill(_ daemon: inout TestDaemon, _ disk: SmallDisk, killed: Bool) async throws {
        let folder = daemon.folder
        let load = try await WriteLoad(daemon)
        try disk.leave(free: 2 << 20)

        // Many at once until one batch does not fit, then one by one until nothing does.
        try await load.write(on: daemon, clients: 32)
        let first = load.current
        #expect(!first.accepted.isEmpty && !first.refused.isEmpty && first.unanswered.isEmpty && first.strange.isEmpty, "\(first.strange)")
        #expect(try await load.fillUp(daemon))
        #expect(try await isToldNotReady(daemon))
        try await nothingLeaves(load, daemon)

        let before = load.current
        #expect(before.unanswered.isEmpty && before.strange.isEmpty, "\(before.strange)")
        if killed { await daemon.kill() }
        try disk.removeBallast()
        if killed { daemon = try await TestDaemon.start(folder) }
        let now = daemon
        try await eventually("the daemon is ready again") { try await now.manage("/health/ready").status == 200 }

        // What was refused had no effect: only what was answered yes is there.
        let untouched = try await load.check(folder)
        #expect(untouched.code == 0, "\(untouched.output)\(untouched.errors)")
        try await load.resend(to: daemon)
        #expect(load.current.accepted.count == before.accepted.count + before.refused.count)
        let compared = try await load.check(folder)
        #expect(compared.code == 0, "\(compared.output)\(compared.errors)")
        let message = load.current.accepted.first { $0.key.kind == .referral }?.value["messageId"]?.stringValue ?? ""
        #expect(try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(message)").status == 200)
    }

    /// What a batch that failed had already taken of the disk may hold a few rows more; the probe's is the smallest there is.
    private func isToldNotReady(_ daemon: TestDaemon) async throws -> Bool {
        for _ in 0..<200 where try await daemon.manage("/health/ready").status == 503 { return true }
        return false
    }

    /// An attempt that cannot be logged gives no bytes away: sooner or later a partner is told 503, and until then each entry fitted.
    private func nothingLeaves(_ load: WriteLoad, _ daemon: TestDaemon) async throws {
        let messages = load.current.accepted.filter { $0.key.kind == .referral }.compactMap { $0.value["messageId"]?.stringValue }
        for message in messages {
            let answer = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(message)")
            if answer.status == 503 {
                #expect(answer.code == "not-durable")
                return
            }
            #expect(answer.status == 200)
        }
        Issue.record("\(messages.count) messages left, and the disk was never too full for an entry")
    }
}

/// A file system of a few megabytes that holds a data folder, with a ballast file that can be thrown out.
private struct SmallDisk {
    let path: String
    private var ballast: String { path + "/ballast" }

    /// Mounts one over the data folder of `folder`, with what that held.
    static func mount(under folder: TestFolder, megabytes: Int) async throws -> SmallDisk {
        let aside = folder.root + "/data-aside"
        try FileManager.default.moveItem(atPath: folder.data, toPath: aside)
        try FileManager.default.createDirectory(atPath: folder.data, withIntermediateDirectories: true)
        let mounted = try await run("/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=700", "tmpfs", folder.data])
        guard mounted.code == 0 else {
            throw Trouble("a small file system cannot be mounted (hint: run as root, in a container with CAP_SYS_ADMIN): \(mounted.errors)")
        }
        let copied = try await run("/usr/bin/env", ["cp", "-a", aside + "/.", folder.data])
        let disk = SmallDisk(path: folder.data)
        guard copied.code == 0 else {
            await disk.unmount()
            throw Trouble("the data folder cannot be copied: \(copied.errors)")
        }
        return disk
    }

    /// Fills all but so many bytes.
    func leave(free: Int) throws {
        var room = statvfs()
        guard statvfs(path, &room) == 0 else { throw Trouble("error \(errno) of the system") }
        let size = Int(room.f_bavail) * Int(room.f_frsize) - free
        let file = open(ballast, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0, posix_fallocate(file, 0, off_t(size)) == 0 else { throw Trouble("error \(errno) of the system") }
        close(file)
    }

    func removeBallast() throws { try FileManager.default.removeItem(atPath: ballast) }

    func unmount() async { _ = try? await run("/usr/bin/env", ["umount", "--lazy", path]) }
}
