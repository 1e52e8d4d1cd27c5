import Casework
import Disclosure
import Storage
import StrictJSON

/// A notification that something waits, as it goes out: a CloudEvent in structured mode (NL GOV profile for CloudEvents 1.1).
public struct WaitingEvent: Sendable {
    /// Its media type.
    public static let mediaType = "application/cloudevents+json; charset=utf-8"
    /// The event's JSON.
    public let body: [UInt8]
}

extension ReferralDesk {
    /// The partners that are told when something waits, and for whom something waits that they have not been given.
    public func partnersToTell() async throws(DeskRefusal) -> Set<OrganisationNumber> {
        Set(
            try await read { transaction in
                try transaction.partners().filter { try $0.events != nil && transaction.hasUngiven(for: $0.oin) }.map(\.oin)
            })
    }

    /// The way to where a partner is told that something waits; nil when it is not told, or nothing waits that it has not been given.
    public func eventLane(of partner: OrganisationNumber) async throws(DeskRefusal) -> PushLane? {
        let row = try await read { try $0.hasUngiven(for: partner) ? $0.partner(partner) : nil }
        guard let row, let address = row.events, endpointFault(address, allowingPrivate: settings.privateHosts) == nil else { return nil }
        return PushLane(
            partner: partner, endpoint: address, certificates: row.certificates(at: world.wall()),
            registration: row, isTroubled: false, isDown: false, dueAt: nil, due: [], oldestQueuedAt: nil)
    }

    /// A new notification that something waits: *that*, and never what, how much, about whom or why. Who is told looks into the inbox, to
    /// which `dataref` leads (claim check), with its own certificate.
    ///
    /// The type names no organisation; the id is random, as the schema says; `time` is when the notification was made.
    public func waitingEvent() -> WaitingEvent {
        let id: EntryID = world.newID()
        let event: JSONValue = [
            "specversion": "1.0", "id": .string(id.description), "source": .string("urn:nld:oin:\(municipality.oin):systeem:convenant"),
            "type": "nl.sealed-messages.waiting", "time": .string(world.wall().rfc3339),
            "dataschema": "https://convenant.example/events/sealed-messages-waiting",
            "dataref": .string((settings.partnersURL ?? "") + "/v1/inbox"),
        ]
        return WaitingEvent(body: event.canonicalBytes())
    }

    /// Milliseconds until a notification is tried again that failed so often in a row.
    public func eventPause(failures: Int) -> Int64 { BackOff.delay(failures: failures, chance: BackOff.chance(world.random(8))) }
}
