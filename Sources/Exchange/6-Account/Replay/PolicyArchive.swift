import Disclosure
import PolicyFiles
import Storage

extension LoadedPolicies {
    /// The files of this revision as they are kept.
    var archived: ArchivedPolicy {
        ArchivedPolicy(
            revision: snapshot.revision, pack: pack.id, fictitiousAllowed: allowedFictitious,
            files: sources.map { .init(path: $0.path, digest: $0.digest, bytes: $0.bytes) })
    }

    /// The policies that were in force in a data folder when it was last written, from what it keeps of them; nil when these are not kept, or make
    /// nothing that this program reads. Nobody may be writing to the folder.
    public static func kept(in folder: DataFolder) throws(StoreFault) -> LoadedPolicies? { try folder.policyInForce()?.load() }
}

extension ArchivedPolicy {
    /// The policies that these bytes make, when they make this revision still; nil when they are not what was adopted.
    func load() -> LoadedPolicies? {
        let sources = files.map { PolicyFile(path: $0.path, bytes: $0.bytes) }
        guard zip(sources, files).allSatisfy({ $0.digest == $1.digest }),
            let loaded = try? loadPolicies(sources, pack: pack, allowingFictitious: fictitiousAllowed),
            loaded.snapshot.revision == revision
        else { return nil }
        return loaded
    }
}

extension ReferralDesk {
    /// Keeps the files of the policy in force, where a program that did not keep them adopted it.
    func archive(_ policies: LoadedPolicies) async throws(DeskRefusal) {
        let revision = policies.snapshot.revision
        guard try await !read({ try $0.isArchived(revision) }) else { return }
        let archived = policies.archived
        let now = world.calendar()
        try await commit { try $0.archivePolicy(archived, at: now) }
    }
}
