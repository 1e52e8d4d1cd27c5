import Casework

/// A policy revision as it was adopted: the bytes that made it, and how they were read.
public struct ArchivedPolicy: Hashable, Sendable {
    /// One of its files.
    public struct File: Hashable, Sendable {
        /// The path inside the folder of policies.
        public let path: String
        /// SHA-256 of the bytes, 32 bytes.
        public let digest: [UInt8]
        public let bytes: [UInt8]
        public init(path: String, digest: [UInt8], bytes: [UInt8]) {
            self.path = path
            self.digest = digest
            self.bytes = bytes
        }
    }
    /// SHA-256 over the files, in lower-case hexadecimal.
    public let revision: String
    /// The id of the pack in force.
    public let pack: String
    /// Whether fictitious decisions were allowed.
    public let fictitiousAllowed: Bool
    /// By path.
    public let files: [File]

    public init(revision: String, pack: String, fictitiousAllowed: Bool, files: [File]) {
        self.revision = revision
        self.pack = pack
        self.fictitiousAllowed = fictitiousAllowed
        self.files = files
    }
}

extension Transaction {
    /// Keeps a policy revision, each file once whatever revisions hold it; nothing when the revision is kept already.
    public func archivePolicy(_ policy: ArchivedPolicy, at now: Instant) throws {
        guard try !isArchived(policy.revision) else { return }
        try run(
            "INSERT INTO policy_revision (revision, pack, fictitious_allowed, archived_at) VALUES (?, ?, ?, ?)",
            [.text(policy.revision), .text(policy.pack), .of(policy.fictitiousAllowed), .of(now)])
        for file in policy.files {
            try run(
                "INSERT INTO policy_file (digest, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING", [.blob(file.digest), .blob(file.bytes)])
            try run(
                "INSERT INTO policy_revision_file (revision, path, digest) VALUES (?, ?, ?)",
                [.text(policy.revision), .text(file.path), .blob(file.digest)])
        }
    }

    /// Whether the files of this revision are kept.
    public func isArchived(_ revision: String) throws -> Bool {
        try first("SELECT 1 AS one FROM policy_revision WHERE revision = ?", [.text(revision)]) != nil
    }

    /// A revision that was adopted, or nil. Whether its bytes are still what they were, shows when they are loaded.
    public func archivedPolicy(_ revision: String) throws -> ArchivedPolicy? {
        guard let row = try first("SELECT pack, fictitious_allowed FROM policy_revision WHERE revision = ?", [.text(revision)]) else {
            return nil
        }
        let files = try all(
            """
            SELECT path, policy_file.digest, bytes FROM policy_revision_file JOIN policy_file ON policy_file.digest = policy_revision_file.digest
            WHERE revision = ? ORDER BY path
            """, [.text(revision)])
        return ArchivedPolicy(
            revision: revision, pack: try row.text("pack"), fictitiousAllowed: try row.flag("fictitious_allowed"),
            files: try files.map { .init(path: try $0.text("path"), digest: try $0.blob("digest"), bytes: try $0.blob("bytes")) })
    }
}
