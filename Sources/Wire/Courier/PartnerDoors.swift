import Casework
import Exchange

/// The door to each partner, made when it is first needed and anew when its endpoint, its certificate or the trust changes, or when its host's
/// name leads elsewhere.
actor PartnerDoors {
    private let desk: ReferralDesk
    private let settings: CourierSettings
    private var doors: [OrganisationNumber: PartnerDoor] = [:]
    private var uses: [ObjectIdentifier: Int] = [:]

    init(desk: ReferralDesk, settings: CourierSettings) {
        self.desk = desk
        self.settings = settings
    }

    /// The door of a lane; give it back after use. While no connection stands, the host's name is resolved again each time.
    /// - Throws: ``NoAddress``, or what keeps our own certificate or the roots from being read.
    func borrow(for lane: PushLane) async throws -> PartnerDoor {
        let key = PartnerDoor.Key(
            endpoint: lane.endpoint, certificates: lane.certificates, chain: lane.chain, trustRevision: desk.trustRevision)
        if let door = doors[lane.partner], door.key == key, door.isOpen { return use(door) }
        let addresses = try await findAddresses(of: lane.endpoint, resolve: settings.resolve) { [desk] in desk.mayConnect(to: $0) }
        // Another use may have made the door meanwhile.
        if let door = doors[lane.partner], door.key == key, Set(door.addresses) == Set(addresses) { return use(door) }
        let tls = try settings.tls.clientConfiguration(rootsPEM: try settings.roots())
        let door = PartnerDoor(key, addresses: addresses, tls: tls, connections: settings.perPartner, patience: settings.patience) {
            [desk] leaf in
            desk.endpointRefusal(leaf: leaf, on: lane)
        }
        if let old = doors.updateValue(door, forKey: lane.partner), uses[ObjectIdentifier(old)] == nil {
            Task { await old.close() }
        }
        return use(door)
    }

    private func use(_ door: PartnerDoor) -> PartnerDoor {
        uses[ObjectIdentifier(door), default: 0] += 1
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
