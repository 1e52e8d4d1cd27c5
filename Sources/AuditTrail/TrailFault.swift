/// One thing that is wrong with a log, and where. It shows nothing of an entry's content.
public struct TrailFault: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, CaseIterable, Sendable {
        /// The entry's bytes and its stored leaf do not belong together: one of the two was changed.
        case leafDiffers = "leaf-differs"
        /// The entry is no canonical entry of version 1.
        case entryMalformed = "entry-malformed"
        /// Row numbers are missing: entries were taken out.
        case entriesMissing = "entries-missing"
        /// A row number came twice or out of order.
        case outOfOrder = "out-of-order"
        /// The entry stands in the shard of a year before its time, or a shard came after a later one.
        case wrongShard = "wrong-shard"
        /// A shard does not begin with `shard.opened` and the last checkpoint of the shard before, or has that event elsewhere.
        case shardNotLinked = "shard-not-linked"
        /// A tile does not hold the leaves of its entries, or the roots of its tiles.
        case tileDiffers = "tile-differs"
        /// A full tile is not stored.
        case tileMissing = "tile-missing"
        /// A tile is stored that cannot be full, or is stored twice.
        case tileSurplus = "tile-surplus"
        /// A shard has no checkpoint, or none that is signed by this log's key.
        case checkpointInvalid = "checkpoint-invalid"
        /// There is a checkpoint for a shard without entries, or a second one.
        case checkpointSurplus = "checkpoint-surplus"
        /// The checkpoint counts another number of entries than there are.
        case sizeDiffers = "size-differs"
        /// The tree over the stored leaves has another root than the checkpoint.
        case rootDiffers = "root-differs"
        /// The checkpoint given from outside is not one of this log.
        case outsideInvalid = "outside-invalid"
        /// The checkpoint given from outside counts more entries than there are: the end was cut off.
        case tailCut = "tail-cut"
        /// The log has another history than the checkpoint given from outside: it was rewritten.
        case rewritten = "rewritten"
    }

    /// What is wrong.
    public let code: Code
    /// The shard (calendar year), where one can be named.
    public let shard: Int?
    /// The row numbers concerned, where they can be named.
    public let seqs: ClosedRange<Int64>?
    /// One sentence.
    public let detail: String
}

/// What a verification found.
public struct TrailReport: Sendable {
    /// The faults, in the order in which they were found; the first ``TrailVerifier/faultLimit`` of them.
    public let faults: [TrailFault]
    /// How many faults there were in all.
    public let faultCount: Int
    /// How many entries were read.
    public let entries: UInt64
    /// The shards that were read, in order.
    public let shards: [Int]
    /// The newest checkpoint whose signature, size and root held.
    public let newest: Checkpoint?

    /// Whether nothing was wrong.
    public var isIntact: Bool { faultCount == 0 }
}
