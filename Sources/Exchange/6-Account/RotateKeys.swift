import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// The epochs of the wrapping keys, and our signing keys: `{items: [{epoch, madeAt, retiredAt?, endedAt?, livingKeys}],
    /// signing: [{kid, profile, state, from?, until?}]}`.
    public func listKeyEpochs() throws(DeskRefusal) -> DeskAnswer {
        let epochs: [KeyEpoch]
        do { epochs = try vault.epochs() } catch { throw .notDurable }
        return DeskAnswer(
            status: 200,
            body: [
                "items": .array(
                    epochs.map { epoch in
                        var json: JSONObject = [
                            "epoch": .integer(epoch.number), "madeAt": .string(epoch.madeAt.rfc3339),
                            "livingKeys": .integer(Int64(epoch.livingKeys)),
                        ]
                        if let at = epoch.retiredAt { json["retiredAt"] = .string(at.rfc3339) }
                        if let at = epoch.endedAt { json["endedAt"] = .string(at.rfc3339) }
                        return .object(json)
                    }), "signing": signingKeysJSON(),
            ])
    }

    /// Begins a new epoch and wraps every living key under it. The old epoch's key still opens old backups until it is ended.
    public func rotateKeys() async throws(DeskRefusal) -> DeskAnswer {
        let number: Int64
        do { number = try await vault.rotate(at: world.wall()) } catch { throw .notDurable }
        let made = entry(.keyMade, by: .daemon, facts: ["epoch": .integer(number)])
        try await commit { try $0.append([made]) }
        return DeskAnswer(status: 200, body: ["epoch": .integer(number)])
    }

    /// Destroys the key of an epoch that wraps nothing any more: from then on no old backup opens what was erased since.
    public func endKeyEpoch(_ number: Int64) async throws(DeskRefusal) -> DeskAnswer {
        do { try await vault.endEpoch(number, at: world.wall()) } catch {
            throw .invalidInput([
                InputFault(
                    pointer: "/epoch", code: "epoch-in-use", detail: "this epoch cannot be ended",
                    hint: "`keys list` shows the epochs; `keys rotate` moves living keys to a new one first")
            ])
        }
        let retired = entry(.keyRetired, by: .daemon, facts: ["epoch": .integer(number)])
        try await commit { try $0.append([retired]) }
        return DeskAnswer(status: 200, body: ["ended": .integer(number)])
    }
}
