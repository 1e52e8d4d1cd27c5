import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// The desk has seen what it was told, up to the news named in `upTo`; that no longer stands on its page.
    ///
    /// 200 `{seen}`: how many.
    public func seeNews(_ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.contactPoint], of: caller)
        let last = try reading(body) { reader -> EntryID? in
            reader.object(["upTo"], required: ["upTo"])?["upTo"]?.identifier(EntryID.self)
        }
        let now = world.calendar()
        let seen = try await commit { try $0.markSeen(upTo: last, at: now) }
        return DeskAnswer(status: 200, body: ["seen": .integer(Int64(seen))])
    }
}
