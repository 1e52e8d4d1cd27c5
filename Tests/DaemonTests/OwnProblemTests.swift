import Foundation
import StrictJSON
import Testing

/// Refusals that need a daemon of their own.
@Suite("what a daemon refuses when it cannot decide or cannot write", .serialized)
struct OwnProblemTests {
    @Test("422 policy-incomplete names what the controller has not decided")
    func policyIncomplete() async throws {
        let folder = try await TestFolder.prepared()
        let decisions = "/decisions/den-haag-meldcode.yaml"
        try FileManager.default.removeItem(atPath: folder.policies + decisions)
        try FileManager.default.copyItem(atPath: Checkout.policies + decisions, toPath: folder.policies + decisions)
        try await withDaemon(folder) { daemon in
            let refused = try await daemon.staff("intermediary-1", .POST, "/v1/signals", Household().signal(refused: true))
            #expect(refused.status == 422)
            #expect(refused.code == "policy-incomplete")
            #expect(refused["missing"] == ["onRefusal"])
            let filed = try await daemon.staff("intermediary-1", .POST, "/v1/signals", Household().signal()).expect(201)
            let triage = "/v1/signals/\(filed["signalId"]?.stringValue ?? "")/triage"
            let multiple = try await daemon.staff("desk-1", .POST, triage, ["outcome": "multipleUnrelated"])
            #expect(multiple.status == 422)
            #expect(multiple["missing"] == ["terms.homeVisit"])
            // A single case needs no visit.
            let single = try await daemon.staff("desk-1", .POST, triage, ["outcome": "single"]).expect(200)
            let casefile = single["casefileId"]?.stringValue ?? ""
            let shown = try await daemon.staff("desk-1", .GET, "/v1/casefiles/\(casefile)").expect(200)
            let referral = try await daemon.staff(
                "desk-1", .POST, "/v1/referrals",
                [
                    "casefileId": .string(casefile), "to": .string(Town.debtHelp.oin), "purpose": "debtAssistance",
                    "fields": ["identification", "contact", "domains.debts"],
                    "subjects": [shown["persons"]?.arrayValue?.first?["personId"] ?? .null],
                ])
            #expect(referral.status == 422)
            #expect(referral.code == "policy-incomplete")
            let missing = Set((referral["missing"]?.arrayValue ?? []).compactMap(\.stringValue))
            #expect(missing == ["terms.pickUp", "terms.progress"])
            #expect(try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox").expect(200)["items"] == [])
        }
    }

    @Test("503 not-durable when the disk takes no more; what was answered before stays, and a restart goes on")
    func notDurable() async throws {
        let folder = try await TestFolder.prepared()
        // No file may grow beyond 3 MiB, and the signal that would end the process is ignored: writes fail instead.
        let limited = ["/bin/bash", "-c", "trap '' XFSZ; ulimit -f 3072; exec \"$0\" \"$@\""]
        let daemon = try await TestDaemon.start(folder, under: limited)
        var accepted: [String] = []
        var refusal: Answer?
        for _ in 0..<400 where refusal == nil {
            let answer = try await daemon.staff("intermediary-1", .POST, "/v1/signals", Household().signal())
            if answer.status == 201 { accepted.append(answer["signalId"]?.stringValue ?? "") } else { refusal = answer }
        }
        #expect(refusal?.status == 503)
        #expect(refusal?.code == "not-durable")
        #expect(refusal?.header("Retry-After") == "5")
        #expect(!accepted.isEmpty)
        await daemon.kill()
        try await withDaemon(folder) { daemon in
            for signal in [accepted.first, accepted.last].compactMap(\.self) {
                _ = try await daemon.staff("intermediary-1", .GET, "/v1/signals/\(signal)").expect(200)
            }
            _ = try await daemon.staff("intermediary-1", .POST, "/v1/signals", Household().signal()).expect(201)
        }
        #expect(try await folder.command("log", "verify").code == 0)
    }
}
