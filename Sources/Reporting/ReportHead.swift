/// What stands above the figures: whose they are, and what a reader must know before believing them.
public struct ReportHead: Hashable, Sendable {
    /// The state of the log that the figures were read from, as its signed checkpoint has it.
    public struct LogState: Hashable, Sendable {
        /// The checkpoint's origin; see `checkpointOrigin(oin:year:simulated:)`.
        public let origin: String
        /// How many entries the tree has.
        public let size: UInt64
        /// The tree's root in base64.
        public let root: String

        /// A state from its parts.
        public init(origin: String, size: UInt64, root: String) {
            self.origin = origin
            self.size = size
            self.root = root
        }
    }

    /// The municipality's name.
    public let municipality: String
    /// The id of the pack in force.
    public let pack: String
    /// Whether a demonstration or a simulator wrote the log.
    public let isSimulated: Bool
    /// Whether decisions were invented that no controller has made.
    public let isFictitious: Bool
    /// The newest checkpoint of each year of the log, oldest first; in text and HTML only.
    public let log: [LogState]
    /// Names of figures (``ReportLine/name``), and `months` for those by month, that a replay chose as nobody has published them.
    public let chosenByReplay: Set<String>
    /// The worker roles that covenants of the period name, by partner and covenant; what was acknowledged of them is counted from the log.
    public let workers: [WorkerRoles]

    /// A head from its parts.
    public init(
        municipality: String, pack: String, isSimulated: Bool = false, isFictitious: Bool = false, log: [LogState] = [],
        chosenByReplay: Set<String> = [], workers: [WorkerRoles] = []
    ) {
        self.municipality = municipality
        self.pack = pack
        self.isSimulated = isSimulated
        self.isFictitious = isFictitious
        self.log = log
        self.chosenByReplay = chosenByReplay
        self.workers = workers
    }

    /// Warnings in English and in Dutch; the code is for programs.
    var warnings: [(code: String, english: String, dutch: String)] {
        var warnings: [(code: String, english: String, dutch: String)] = []
        if isFictitious {
            warnings.append(
                (
                    "fictitiousDecisions", "FICTITIOUS DECISIONS: terms and rules used here were made up; no controller decided them",
                    "FICTIEVE BESLUITEN (FICTITIOUS DECISIONS): termijnen en regels zijn verzonnen; geen verantwoordelijke heeft ze genomen"
                ))
        }
        if isSimulated {
            warnings.append(
                (
                    "simulated", "SIMULATED: a demonstration wrote this log; the people in it do not exist",
                    "GESIMULEERD (SIMULATED): een demonstratie schreef dit logboek; de mensen erin bestaan niet"
                ))
        }
        return warnings
    }

    func isChosen(_ line: ReportLine) -> Bool { chosenByReplay.contains(line.name) }
}
