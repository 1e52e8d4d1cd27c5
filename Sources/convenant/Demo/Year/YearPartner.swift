import Foundation
import PartnerKit
import StrictJSON

/// A partner's system in the replay: its own folder, keys and connection over mutual TLS, as any partner's; in the same process.
final class YearPartner: Sendable {
    let helper: YearHelper
    let client: ExchangeClient
    private let inbox: Inbox

    /// - Parameter onInvitation: told the message's id, and the meeting's as this partner alone knows it, before the receipt is given.
    init(
        _ helper: YearHelper, folder: String, exchange: URL,
        onInvitation: @escaping @Sendable (_ message: String, _ meeting: String) throws -> Void
    ) throws {
        self.helper = helper
        let identity = try PartnerIdentity(folder: PartnerFolder(folder))
        let client = try ExchangeClient(identity: identity, exchange: exchange)
        self.client = client
        inbox = try Inbox(identity: identity, client: client) { message in
            guard let meeting = message.payload.meeting?.meetingId else { return .opened() }
            do {
                try onInvitation(message.payload.messageId, meeting)
                return .opened()
            } catch { return .later }
        }
    }

    /// Fetches, opens and answers everything that waits. One at a time.
    func fetch() async throws {
        for result in try await inbox.pull() {
            switch result.outcome {
            case .opened, .repeated, .ended, .waiting: continue
            case .refused(let code): throw YearTrouble("\(helper.rawValue) could not open a message: \(code)")
            case .failed(let fault): throw YearTrouble("\(helper.rawValue) could not take a message: \(fault.code)")
            }
        }
    }

    func close() async { await client.close() }
}
