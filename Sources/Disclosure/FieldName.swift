import Casework

/// One field of the closed list (contract §5). A datum without a field name cannot be stored, decided about or sent.
public enum FieldName: Hashable, Sendable, Comparable {
    case name, birthDate, bsn
    case address, phone, email, safeWay
    case householdMembers
    case concern(LifeDomain)
    case observation(LifeDomain)
    case health, offences, freeText

    /// Every field, in the order of the list.
    public static let all: [FieldName] =
        [.name, .birthDate, .bsn, .address, .phone, .email, .safeWay, .householdMembers]
        + LifeDomain.allCases.flatMap { [.concern($0), .observation($0)] } + [.health, .offences, .freeText]

    /// The path on the wire and in covenants, such as `identification.name` or `domains.debts.concern`.
    public var path: String { Self.paths[index] }

    private var written: String {
        switch self {
        case .name: "identification.name"
        case .birthDate: "identification.birthDate"
        case .bsn: "identification.bsn"
        case .address: "contact.address"
        case .phone: "contact.phone"
        case .email: "contact.email"
        case .safeWay: "contact.safeWay"
        case .householdMembers: "household.members"
        case .concern(let domain): "domains.\(domain.rawValue).concern"
        case .observation(let domain): "domains.\(domain.rawValue).observation"
        case .health: "health"
        case .offences: "offences"
        case .freeText: "freeText"
        }
    }

    /// The field with exactly this path, or nil.
    public init?(path: String) {
        guard let found = Self.byPath[path] else { return nil }
        self = found
    }

    /// Whether the field is about the household (or about everybody in it) rather than about one person.
    public var concernsWholeHousehold: Bool { self == .householdMembers || self == .freeText }

    /// Fields that no prefix covers: each must be named one by one.
    public var mustBeNamed: Bool {
        switch self {
        case .bsn, .health, .offences, .freeText: true
        case .concern(let domain), .observation(let domain): domain.mustBeNamed
        default: false
        }
    }

    /// The field's place in ``all``: its bit in a ``FieldNames``.
    var index: Int {
        switch self {
        case .name: 0
        case .birthDate: 1
        case .bsn: 2
        case .address: 3
        case .phone: 4
        case .email: 5
        case .safeWay: 6
        case .householdMembers: 7
        case .concern(let domain): 8 + 2 * Self.domainIndex(domain)
        case .observation(let domain): 9 + 2 * Self.domainIndex(domain)
        case .health: 8 + 2 * LifeDomain.allCases.count
        case .offences: 9 + 2 * LifeDomain.allCases.count
        case .freeText: 10 + 2 * LifeDomain.allCases.count
        }
    }

    private static let domainOrder = Dictionary(uniqueKeysWithValues: LifeDomain.allCases.enumerated().map { ($1, $0) })
    private static func domainIndex(_ domain: LifeDomain) -> Int { domainOrder[domain, default: 0] }
    private static let paths = all.map(\.written)
    private static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

    public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// A set of field names. Names only: a decision about them can be stored and replayed after the content is erased.
public struct FieldNames: Hashable, Sendable, SetAlgebra, Sequence, ExpressibleByArrayLiteral {
    private var bits: UInt64

    public init() { bits = 0 }
    private init(bits: UInt64) { self.bits = bits }

    /// The set of these fields.
    public init(_ fields: some Sequence<FieldName>) { bits = fields.reduce(0) { $0 | 1 << UInt64($1.index) } }
    public init(arrayLiteral elements: FieldName...) { self.init(elements) }

    /// Every field there is.
    public static let everything = FieldNames(FieldName.all)

    /// The fields that a name or prefix stands for, or nil for a name that is not in the list.
    ///
    /// A prefix covers what is below it except the fields that must be named; `domains.health` names its domain.
    public init?(prefix: String) {
        guard let named = Self.byName[prefix] else { return nil }
        self = named
    }

    /// The fields that a name or prefix stands for where it says no: everything below it, or nil for a name that is not in the list.
    ///
    /// What must be named one by one to go would otherwise be just what a no leaves going.
    public init?(broadPrefix prefix: String) {
        guard let named = Self.byBroadName[prefix] else { return nil }
        self = named
    }

    /// The set whose ``paths`` these are, a space between each two; nil when one is no path.
    public init?(words: String) {
        var words = words
        let found = words.withUTF8 { text -> UInt64? in
            let paths = Self.pathBytes
            var (bits, start, place) = (UInt64(0), 0, 0)
            while start < text.count {
                let word = UnsafeBufferPointer(rebasing: text[start..<(text[start...].firstIndex(of: UInt8(ascii: " ")) ?? text.count)])
                // They are written in the list's order, so the search goes on where the last one was found.
                var tried = 0
                while paths[place].count != word.count || !word.elementsEqual(paths[place]) {
                    (place, tried) = ((place + 1) % paths.count, tried + 1)
                    guard tried < paths.count else { return nil }
                }
                bits |= 1 << UInt64(place)
                start += word.count + 1
            }
            return bits
        }
        guard let found else { return nil }
        bits = found
    }

    private static let pathBytes = FieldName.all.map { Array($0.path.utf8) }

    /// What every name and every prefix stands for where it lets something go, and where it says no.
    private static let byName = names(broadly: false)
    private static let byBroadName = names(broadly: true)

    private static func names(broadly: Bool) -> [String: FieldNames] {
        var byName: [String: FieldNames] = [:]
        for field in FieldName.all {
            var steps = field.path.split(separator: ".")
            while !steps.isEmpty {
                let name = steps.joined(separator: ".")
                let isCovered = broadly || name == field.path || name.hasPrefix("domains.") || !field.mustBeNamed
                byName[name, default: []].formUnion(isCovered ? [field] : [])
                steps.removeLast()
            }
        }
        return byName
    }

    /// The full paths, in the order of the closed list.
    public var paths: [String] { map(\.path) }

    public var isEmpty: Bool { bits == 0 }
    /// How many fields.
    public var count: Int { bits.nonzeroBitCount }
    public func contains(_ member: FieldName) -> Bool { bits & 1 << UInt64(member.index) != 0 }
    public mutating func insert(_ newMember: FieldName) -> (inserted: Bool, memberAfterInsert: FieldName) {
        let inserted = !contains(newMember)
        bits |= 1 << UInt64(newMember.index)
        return (inserted, newMember)
    }
    public mutating func remove(_ member: FieldName) -> FieldName? {
        guard contains(member) else { return nil }
        bits &= ~(1 << UInt64(member.index))
        return member
    }
    public mutating func update(with newMember: FieldName) -> FieldName? { insert(newMember).inserted ? nil : newMember }
    public func union(_ other: Self) -> Self { .init(bits: bits | other.bits) }
    public func intersection(_ other: Self) -> Self { .init(bits: bits & other.bits) }
    public func symmetricDifference(_ other: Self) -> Self { .init(bits: bits ^ other.bits) }
    public func subtracting(_ other: Self) -> Self { .init(bits: bits & ~other.bits) }
    public mutating func formUnion(_ other: Self) { bits |= other.bits }
    public mutating func formIntersection(_ other: Self) { bits &= other.bits }
    public mutating func formSymmetricDifference(_ other: Self) { bits ^= other.bits }

    public func makeIterator() -> Iterator { Iterator(rest: bits) }

    /// The fields of a set, in the order of the closed list.
    public struct Iterator: IteratorProtocol {
        fileprivate var rest: UInt64

        public mutating func next() -> FieldName? {
            guard rest != 0 else { return nil }
            let place = rest.trailingZeroBitCount
            rest &= rest - 1
            return FieldName.all[place]
        }
    }
}

extension FieldNames {
    /// The special categories (GDPR 9(1)): health in whatever form, and free text, in which it may stand.
    public static let specialCategories = FieldNames([FieldName.health, .freeText]).union(about([.health, .psychological, .addiction]))
    /// Offences, a category of their own (GDPR 10; UAVG 31–33).
    public static let ofOffences = FieldNames([FieldName.offences]).union(about([.crimeNuisance]))

    /// The fields of these domains.
    static func about(_ domains: [LifeDomain]) -> FieldNames {
        FieldNames(domains.flatMap { [FieldName.concern($0), .observation($0)] })
    }
}
