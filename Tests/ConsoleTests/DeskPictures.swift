import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("pictures of the desk's pages")
struct DeskPictures {
    /// A folder, where pictures are wanted; `CONVENANT_PYTHON` must have Playwright then.
    static let folder = ProcessInfo.processInfo.environment["CONVENANT_PICTURES"]

    @Test(
        "a real browser shows every page of desk, case and meeting, on a phone and on a desk, and none is wider than its window",
        .enabled(if: folder != nil))
    func pictures() async throws {
        let (folder, python) = (Self.folder ?? "", ProcessInfo.processInfo.environment["CONVENANT_PYTHON"] ?? "python3")
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            _ = try await test.account("manager", .socialCaseManager)
            let open = try await test.openCase([.mother, .father], triage: "multipleUnrelated", by: clerk)
            _ = try await test.referAndReceive(test.referral(open), to: test.debt, by: clerk)
            let lost = try await test.openCase([.father], triage: "single", by: clerk)
            _ = try await test.refer(test.referral(lost), by: clerk)
            try await test.pass(days: 15)
            let planned = try await test.openCase([.father], triage: "multipleInterrelated", by: clerk)
            let meeting = try await test.openMeeting(about: planned, by: clerk)
            try await test.date(meeting, about: planned, ["debts", "health"], by: clerk)
            let waiting = try await test.fileSignal([.mother])
            let account = try await test.account("desk", .contactPoint)
            let pages = [
                "desk=/desk", "desk-signal=/desk/signals/\(waiting)", "desk-join=/desk/joins/\(waiting)/\(open.casefile)", "cases=/cases",
                "case=/cases/\(open.casefile)", "case-share=/cases/\(open.casefile)/share", "case-share-check=share-check",
                "meeting=/meetings/\(meeting)", "meeting-date=/meetings/\(meeting)/date", "meeting-minutes=/meetings/\(meeting)/minutes",
            ]
            let process = Process()
            process.executableURL = URL(fileURLWithPath: python)
            process.arguments =
                [
                    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Browser/desk_pictures.py").path,
                    await browser.origin, account.name, account.password, folder,
                ] + pages
            let status = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
                process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { done.resume(throwing: error) }
            }
            #expect(status == 0)
        }
    }
}
