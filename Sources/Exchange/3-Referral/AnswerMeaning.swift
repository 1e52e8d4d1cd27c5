/// What a partner's answer to a push tells, other than 200 and 202 (contract §3): of what it speaks, and so what waits.
///
/// A message is given up only on an answer that can be about that message. What speaks of the endpoint would be said to every message alike:
/// the lane rests and the desk is told, or a wrong path or an expired credential at the partner's would end its whole queue.
enum AnswerMeaning: Hashable {
    /// Of this message, for good: it is a dead letter.
    case neverThisMessage
    /// Of this message, now.
    case notNow
    /// Of the endpoint, now: it is busy, or down behind its own door.
    case laneBusy
    /// Of the endpoint, until somebody mends it: a wrong path, a credential, a redirect, which is never followed.
    case laneMisconfigured

    init(status: Int) {
        self =
            switch status {
            case 400, 409, 413, 422: .neverThisMessage
            case 408, 425: .notNow
            case 429, 502, 503, 504: .laneBusy
            case 300..<500: .laneMisconfigured
            default: .notNow
            }
    }

    /// What a lane's code tells, when it is that of an answer: `http-<status>`.
    init?(code: String) {
        guard code.hasPrefix("http-"), let status = Int(code.dropFirst(5)) else { return nil }
        self.init(status: status)
    }

    /// Whether it rests the lane, and not only this message.
    var isLaneWide: Bool { self == .laneBusy || self == .laneMisconfigured }

    /// So many different messages that fail in a row, each as if of itself, speak of the endpoint.
    static let series = 8

    /// Milliseconds that an endpoint rests at least which says that it has gone for good.
    static let goneRests: Int64 = 3_600_000
}
