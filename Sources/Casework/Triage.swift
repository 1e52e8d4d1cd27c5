/// What the desk found a signal to be: one problem, or several. Dutch: enkelvoudig, meervoudig.
///
/// The raw value is the name on the wire. Triage may only rise: a case that needed several parties is not made small again.
public enum Triage: Hashable, Sendable, Comparable {
    /// One problem, one partner. Dutch: enkelvoudig.
    case single
    /// Several problems. Dutch: meervoudig.
    case multiple(Relation)

    /// Whether the problems of a multiple case hang together.
    public enum Relation: String, CaseIterable, Hashable, Sendable {
        /// Each can be handled by itself.
        case unrelated
        /// They must be handled in connection.
        case interrelated
    }

    private var rank: Int {
        switch self {
        case .single: 0
        case .multiple(.unrelated): 1
        case .multiple(.interrelated): 2
        }
    }

    /// Single, then multiple unrelated, then multiple interrelated.
    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

extension Triage: RawRepresentable, CaseIterable {
    public static let allCases: [Triage] = [.single, .multiple(.unrelated), .multiple(.interrelated)]

    /// `single`, `multipleUnrelated` or `multipleInterrelated`; nil for any other text.
    public init?(rawValue: String) {
        switch rawValue {
        case "single": self = .single
        case "multipleUnrelated": self = .multiple(.unrelated)
        case "multipleInterrelated": self = .multiple(.interrelated)
        default: return nil
        }
    }

    /// The name on the wire.
    public var rawValue: String {
        switch self {
        case .single: "single"
        case .multiple(.unrelated): "multipleUnrelated"
        case .multiple(.interrelated): "multipleInterrelated"
        }
    }
}
