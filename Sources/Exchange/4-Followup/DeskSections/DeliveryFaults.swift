import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Messages that were not received in their time, or that the partner's system took for good as undeliverable; newest first, until the desk
    /// sends them again or ends them. Also those that were received, and read by a role that the covenant does not name or under another version of
    /// it: the desk asks the partner, and ends them.
    static let deliveryFaults = DeskSection(name: "deliveryFaults") { transaction, page in
        page.list(try transaction.readableFaults(limit: page.limit)) { fault in
            var json: JSONObject = [
                "faultId": .string(fault.id.description), "messageId": .string(fault.message.description),
                "kind": .string(fault.kind.rawValue), "partner": .string(fault.partner.description),
                "partnerName": .string(fault.partnerName), "code": .string(fault.code), "at": .string(fault.at.rfc3339),
            ]
            if let task = fault.task { json["taskId"] = .string(task.description) }
            return .object(json)
        }
    }

    /// Partners whose endpoint takes no message until somebody mends it, at once; those that cannot be reached, or are busy, after an hour.
    static let restingLanes = DeskSection(name: "restingLanes") { transaction, page in
        let told = try transaction.laneTroubles().filter { lane in
            AnswerMeaning(code: lane.trouble.code) == .laneMisconfigured
                || page.wall.millisecondsSince1970 - lane.trouble.since.millisecondsSince1970 >= 3_600_000
        }
        return page.list(Array(told.prefix(page.limit))) { lane in
            [
                "partner": .string(lane.partner.description), "partnerName": .string(lane.name), "code": .string(lane.trouble.code),
                "since": .string(lane.trouble.since.rfc3339), "nextTryAt": .string(lane.trouble.pausedUntil.rfc3339),
            ]
        }
    }
}
