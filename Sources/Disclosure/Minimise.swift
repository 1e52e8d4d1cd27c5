import Casework

/// What a sealed message tells about one person, or (subject nil) about the household: names only, so that it can stand in a row.
public struct SealedScope: Hashable, Sendable {
    /// The person it is about, or nil for the household as a whole.
    public let subject: PersonID?
    /// The fields that were sealed.
    public let fields: FieldNames
    public init(subject: PersonID?, fields: FieldNames) {
        self.subject = subject
        self.fields = fields
    }
}

extension Permission {
    /// The content without everything that is not granted (GDPR 5(1)(c)), or nil when some of it is about somebody else.
    ///
    /// Content of a person who is no subject of the permission is a mistake of the caller. It is refused and not filtered, because what
    /// was read for the wrong person shows that something else is wrong too. Household-wide items need the household's grant.
    public func minimise(_ content: CaseContent) -> PermittedDisclosure? {
        for item in content.items {
            if let subject = item.subject, !question.subjects.contains(subject) { return nil }
        }
        return PermittedDisclosure(permission: self, items: content.items.filter { grantedFields(to: $0.subject).contains($0.field) })
    }

    /// The fields granted about this person, or (nil) about the household; empty when nothing is.
    public func grantedFields(to subject: PersonID?) -> FieldNames { grants.first { $0.subject == subject }?.fields ?? [] }

    /// What this permission lets through, as it can be stored with the message sealed under it.
    public var scopes: [SealedScope] { grants.map { SealedScope(subject: $0.subject, fields: $0.fields) } }

    /// Whether everything that the other one grants is within this one: same organisations, purpose and ground, and each grant.
    public func covers(_ other: Permission) -> Bool {
        question.sender == other.question.sender && question.recipient == other.question.recipient
            && question.purpose == other.question.purpose && question.ground == other.question.ground && covers(other.scopes)
    }

    /// Whether it rests on each of these levers, perhaps among others.
    public func rests(on levers: [LeverID]) -> Bool { levers.allSatisfy(self.levers.contains) }

    /// Whether everything that was sealed may still go. A list without entries is covered by nothing: no message is sealed without a
    /// grant, so an empty list is one that was not read back.
    public func covers(_ sealed: [SealedScope]) -> Bool {
        !sealed.isEmpty && sealed.allSatisfy { $0.fields.isSubset(of: grantedFields(to: $0.subject)) }
    }
}
