import Foundation
import PartnerKit
import StrictJSON

/// A partner's own service on PartnerKit, whole: it opens what comes, takes each referral into the organisation's own caseload once, answers
/// recalls, and accepts what there is room for. Copy it and put your own system where `Caseload` stands.
struct ExampleService: Sendable {
    let client: ExchangeClient
    let inbox: Inbox
    let caseload: Caseload

    /// - Parameter folder: the partner's folder (certs/README.md).
    init(folder: String, exchange: URL, caseload: Caseload) throws {
        let identity = try PartnerIdentity(folder: PartnerFolder(folder))
        client = try ExchangeClient(identity: identity, exchange: exchange)
        self.caseload = caseload
        inbox = try Inbox(identity: identity, client: client) { message in
            // By now it is decrypted, and its signature, sender, recipient and term are checked. What is answered here is signed and kept.
            let payload = message.payload
            if let notice = payload.notice {
                guard notice.code == "recalled" else { return .opened() }
                return .opened(recall: await caseload.stop(notice.about) ? .stopped : .notFound)
            }
            // The same id may come again after a crash, so taking in must be idempotent by it.
            await caseload.take(payload.messageId, payload.fields)
            return .opened(readerRole: "debtAdviser")
        }
    }

    /// One look at the inbox. A duplicate gets the receipt it had; the kit sees to that.
    func turn() async throws {
        for result in try await inbox.pull() {
            guard result.outcome == .opened, result.kind == "referral", let task = result.taskId else { continue }
            // The key is the same for every repetition of this one step, so that a repeated step is one step.
            _ = try await client.moveTask(task, to: "accepted", idempotencyKey: "\(task).accepted")
        }
    }
}

/// Stands for the organisation's own system.
actor Caseload {
    private(set) var households: Set<String> = []

    func take(_ id: String, _ fields: JSONObject) { households.insert(id) }

    /// Ends all work on these; whether there was any.
    func stop(_ ids: [String]) -> Bool { ids.filter { households.remove($0) != nil }.isEmpty == false }
}
