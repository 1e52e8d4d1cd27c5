import AuditTrail
import Casework
import Crypto

/// Who the log is of, and the key that signs its checkpoints.
public struct TrailSigner: Sendable {
    /// The organisation whose log it is.
    public let organisation: OrganisationNumber
    /// True in the data folder of a simulation; its origin says so for ever.
    public let simulated: Bool
    private let key: Curve25519.Signing.PrivateKey

    /// A signer with its Ed25519 key.
    public init(organisation: OrganisationNumber, simulated: Bool, key: Curve25519.Signing.PrivateKey) {
        self.organisation = organisation
        self.simulated = simulated
        self.key = key
    }

    /// The signed checkpoint of a shard's tree.
    func note(year: Int, tree: TrailTree) throws(StoreFault) -> String {
        let origin = checkpointOrigin(oin: organisation.description, year: year, simulated: simulated)
        do {
            return try Checkpoint(origin: origin, size: tree.size, root: tree.root).sign(with: key)
        } catch {
            throw .key("the checkpoint cannot be signed")
        }
    }

    /// Whether a stored note is this log's own for exactly this tree.
    func signed(_ note: String, year: Int, tree: TrailTree) -> Bool {
        let origin = checkpointOrigin(oin: organisation.description, year: year, simulated: simulated)
        guard let found = try? Checkpoint.open(note, publicKey: key.publicKey, origin: origin) else { return false }
        return found.size == tree.size && found.root == tree.root
    }

    /// The entry that opens a shard with the last checkpoint of the one before.
    func opening(id: EntryID, at: Int64, note: String) -> EncodedEntry {
        AuditEntry(
            id: id.description, at: at, event: .shardOpened, actor: AuditActor(kind: .daemon, organisation: organisation.description),
            facts: ["checkpoint": .text(note)]
        ).encoded()
    }
}
