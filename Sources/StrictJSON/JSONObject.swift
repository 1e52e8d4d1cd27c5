/// The members of a JSON object in the order in which they were written; no name stands twice.
///
/// Looking up is a linear search: our objects have a dozen members, and a hash costs more than twelve comparisons.
public struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// One name and its value.
    public struct Member: Hashable, Sendable {
        /// The name, unescaped.
        public let name: String
        /// The value under that name.
        public var value: JSONValue

        /// A member from its two parts.
        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members, in writing order.
    public private(set) var members: [Member]

    /// An object without members.
    public init() { members = [] }

    /// An object with these members; of a name that stands twice the last value counts.
    public init(_ members: [Member]) {
        self.members = []
        self.members.reserveCapacity(members.count)
        for member in members { self[member.name] = member.value }
    }

    /// An object with these members; of a name that stands twice the last value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { Member(name: $0.0, value: $0.1) })
    }

    /// An object with these members, no two of which have the same name: whoever calls this has seen to it.
    public init(unique members: [Member]) { self.members = members }

    /// The value under a name; setting replaces or appends it, setting nil removes it.
    public subscript(_ name: String) -> JSONValue? {
        get {
            for member in members where sameBytes(member.name, name) { return member.value }
            return nil
        }
        set {
            let index = members.firstIndex { sameBytes($0.name, name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }
    /// How many members there are.
    public var count: Int { members.count }
    /// The names in writing order.
    public var names: [String] { members.map(\.name) }

    /// Equal when the same names hold equal values, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.members.count == right.members.count else { return false }
        let inOrder = zip(left.members, right.members).allSatisfy { sameBytes($0.name, $1.name) }
        let (a, b) = inOrder ? (left.members, right.members) : (left.sortedMembers, right.sortedMembers)
        return zip(a, b).allSatisfy { sameBytes($0.name, $1.name) && $0.value == $1.value }
    }

    /// Independent of the order of the members, as equality is.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        for member in sortedMembers { hasher.combine(member) }
    }
}
