import AuditTrail
import Casework
import Disclosure
import Storage

/// A member of staff who has signed in.
public struct StaffMember: Hashable, Sendable {
    public let account: AccountID
    public let name: String
    public let role: StaffRole
    public let organisation: OrganisationNumber
    /// Whether there is a password of theirs here to change: not where they sign in at the municipality's provider.
    public let hasPassword: Bool
    public init(account: AccountID, name: String, role: StaffRole, organisation: OrganisationNumber, hasPassword: Bool = true) {
        self.account = account
        self.name = name
        self.role = role
        self.organisation = organisation
        self.hasPassword = hasPassword
    }
}

extension StaffMember {
    /// Whose account this is.
    init(_ account: AccountRow, hasPassword: Bool = true) {
        self.init(
            account: account.id, name: account.name, role: account.role, organisation: account.organisation, hasPassword: hasPassword)
    }
}

/// Who asks the desk for something.
public enum Caller: Hashable, Sendable {
    case staff(StaffMember)
    /// A partner system, known by its certificate.
    case partner(OrganisationNumber)
    case daemon

    /// The organisation on whose behalf it is asked; nil for the daemon itself.
    public var organisation: OrganisationNumber? {
        switch self {
        case .staff(let member): member.organisation
        case .partner(let oin): oin
        case .daemon: nil
        }
    }

    /// The role, where a person asks.
    public var role: StaffRole? {
        guard case .staff(let member) = self else { return nil }
        return member.role
    }

    /// Whose idempotency keys these are.
    var owner: String {
        switch self {
        case .staff(let member): "staff:\(member.account)"
        case .partner(let oin): "partner:\(oin)"
        case .daemon: "daemon"
        }
    }
}

/// An `Idempotency-Key` with what it must belong to: kept 24 hours per caller and route.
public struct IdempotencyKey: Hashable, Sendable {
    /// The route's template, such as `POST /v1/signals`.
    public let route: String
    public let key: String
    /// What the request must be like to be the same: where it goes and its body, of which only a keyed HMAC is kept.
    public let body: [UInt8]
    public init(route: String, key: String, body: [UInt8]) {
        self.route = route
        self.key = key
        self.body = body
    }
}
