import Casework
import Exchange

/// The door to each partner, made when it is first needed and anew when its address, its certificate or the trust changes.
actor PartnerDoors {
    private let desk: ReferralDesk
    private let settings: CourierSettings
    private var doors: [OrganisationNumber: PartnerDoor] = [:]
    private var uses: [ObjectIdentifier: Int] = [:]

    init(desk: ReferralDesk, settings: CourierSettings) {
        self.desk = desk
        self.settings = settings
    }

    /// The door of a lane; give it back after use.
    func borrow(for lane: PushLane) throws -> PartnerDoor {
        let key = PartnerDoor.Key(
            endpoint: lane.endpoint, certificateSHA256: lane.certificateSHA256, trustRevision: desk.trustRevision)
        if let door = doors[lane.partner], door.key == key {
            uses[ObjectIdentifier(door), default: 0] += 1
            return door
        }
        let tls = try settings.tls.clientConfiguration(rootsPEM: try settings.roots())
        let door = PartnerDoor(key, tls: tls, connections: settings.perPartner, patience: settings.patience) { [desk] leaf in
            desk.endpointRefusal(leaf: leaf, on: lane)
        }
        if let old = doors.updateValue(door, forKey: lane.partner), uses[ObjectIdentifier(old)] == nil {
            Task { await old.close() }
        }
        uses[ObjectIdentifier(door)] = 1
        return door
    }

    /// Ends a use. A door that another has replaced closes with its last use.
    func giveBack(_ door: PartnerDoor, of partner: OrganisationNumber) async {
        let name = ObjectIdentifier(door)
        uses[name] = uses[name].flatMap { $0 > 1 ? $0 - 1 : nil }
        if uses[name] == nil, doors[partner] !== door { await door.close() }
    }

    /// Closes every door; no other is borrowed after this.
    func closeAll() async {
        for door in doors.values { await door.close() }
        doors = [:]
    }
}
