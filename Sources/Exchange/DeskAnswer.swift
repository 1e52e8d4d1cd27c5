import Casework
import Disclosure
import StrictJSON

/// What a use case answers: an HTTP status and the members of its body. Ids, codes and instants; content only where the reader may see it.
public struct DeskAnswer: Sendable, Equatable {
    /// The HTTP status; from 400 on the body holds the members of a problem (RFC 9457) but `requestId`.
    public let status: Int
    public let body: JSONValue

    public init(status: Int, body: JSONValue) {
        self.status = status
        self.body = body
    }
}

/// Why a use case did not do what was asked (contract §2). A value, not a fault; its entry, where it has one, is already committed.
public enum DeskRefusal: Error, Sendable {
    /// 400, with every fault of the input.
    case invalidInput([InputFault])
    /// 401.
    case notSignedIn
    /// 403.
    case roleMayNot
    /// 403: the session may only enrol a second factor.
    case enrolmentDue
    /// 403, with the stable code of the certificate's fault.
    case certificateRefused(String)
    /// 404: it does not exist, or it is not yours; nobody can tell which.
    case notFound
    /// 409: the key was used with another body.
    case idempotencyConflict
    /// 409, with the states that are legal from here, and what stands in the way where it is not the state itself.
    case illegalTransition(legal: [String], because: Obstacle? = nil)
    /// 409: it has been decided, and not this way.
    case alreadyDecided
    /// 410: withdrawn, superseded, expired or covenant ended: one code, no reason.
    case ended
    /// 422: the gate refused. `decision` is nil when no person was asked about.
    case disclosureRefused(decision: String?, reasons: [RefusalReason], explanation: PlainText)
    /// 422: the controller has not decided what this needs.
    case policyIncomplete(missing: [String])
    /// 422: the partner's registered keys, or ours, are not those of the profile that its covenant names; `profile` is that of its keys.
    case sealingRefused(profile: String)
    /// 422: the certificate of the partner's `enc` key counts no more: it ended, was revoked, or has no revocation list in force.
    case recipientUntrusted
    /// 422: the partner's registered keys cannot be read any more.
    case recipientUnreadable
    /// 429, after too many failed sign-ins.
    case tooMany(retryAfterSeconds: Int)
    /// 503: it could not be made durable; nothing happened.
    case notDurable
    /// 503: try again.
    case busy

    /// The code of contract §2.
    public var code: String {
        switch self {
        case .invalidInput: "invalid-input"
        case .notSignedIn: "not-signed-in"
        case .roleMayNot: "role-may-not"
        case .enrolmentDue: "enrolment-due"
        case .certificateRefused: "certificate-refused"
        case .notFound: "not-found"
        case .idempotencyConflict: "idempotency-conflict"
        case .illegalTransition: "illegal-transition"
        case .alreadyDecided: "already-decided"
        case .ended: "ended"
        case .disclosureRefused: "disclosure-refused"
        case .policyIncomplete: "policy-incomplete"
        case .sealingRefused, .recipientUntrusted, .recipientUnreadable: "sealing-refused"
        case .tooMany: "too-many"
        case .notDurable: "not-durable"
        case .busy: "busy"
        }
    }

    /// The refusal as an answer whose body is a problem without `requestId`.
    public var answer: DeskAnswer {
        let (status, title, detail): (Int, String, String) =
            switch self {
            case .invalidInput(let faults):
                (
                    400, "the input is not valid",
                    faults.count == 1 ? "one fault, listed under errors" : "\(faults.count) faults, listed under errors"
                )
            case .notSignedIn: (401, "not signed in", "send a session token as `Authorization: Bearer`; POST /v1/sessions makes one")
            case .roleMayNot: (403, "this role may not do that", "ask someone whose role may, or an administrator")
            case .enrolmentDue:
                (
                    403, "a second factor is to be enrolled first",
                    "POST /v1/sessions/current/enrolment offers one; nothing else works in this session"
                )
            case .certificateRefused(let fault):
                (403, "the certificate is refused", "the certificate fails on `\(fault)`; ask the municipality")
            case .notFound: (404, "not found", "there is nothing here that you may see")
            case .idempotencyConflict: (409, "the idempotency key was used for another request", "send a new key for a new request")
            case .illegalTransition(_, let obstacle?): (409, "this cannot be done now", obstacle.detail)
            case .illegalTransition: (409, "it cannot move there from here", "`legal` lists where it can move")
            case .alreadyDecided: (409, "this has been decided already", "read it again before you change it")
            case .ended: (410, "this message has ended", "take no further action on it")
            case .disclosureRefused(_, _, let explanation): (422, "the disclosure is refused", explanation.en)
            case .policyIncomplete: (422, "the policy does not say", "the controller decides what stands under `missing`")
            case .sealingRefused(let profile):
                (
                    422, "this cannot be sealed for the recipient",
                    "its registered keys are for `\(profile)`; its covenant names another profile, or we have no key for this one"
                )
            case .recipientUntrusted:
                (
                    422, "this cannot be sealed for the recipient",
                    "the certificate of its registered `enc` key ended, was revoked or has no list in force; renew the list or register another key"
                )
            case .recipientUnreadable:
                (
                    422, "this cannot be sealed for the recipient",
                    "its registered keys cannot be read; register its keys again, by `convenant partner add`"
                )
            case .tooMany: (429, "too many attempts", "wait before you try again")
            case .notDurable: (503, "this could not be stored safely", "nothing was done; try again later")
            case .busy: (503, "busy", "nothing was done; try again")
            }
        var body: JSONObject = [
            "type": .string("https://convenant.example/problems/\(code)"), "title": .string(title), "status": .integer(Int64(status)),
            "detail": .string(detail), "code": .string(code),
        ]
        switch self {
        case .invalidInput(let faults):
            body["errors"] = .array(
                faults.map { fault in
                    var error: JSONObject = [
                        "pointer": .string(fault.pointer), "code": .string(fault.code), "detail": .string(fault.detail),
                    ]
                    if let hint = fault.hint { error["hint"] = .string(hint) }
                    return .object(error)
                })
        case .illegalTransition(let legal, let obstacle):
            body["legal"] = .array(legal.map(JSONValue.string))
            if let obstacle { body["because"] = .string(obstacle.rawValue) }
        case .disclosureRefused(let decision, let reasons, let explanation):
            if let decision { body["decision"] = .string(decision) }
            body["reasons"] = .array(reasons.map { .string($0.rawValue) })
            body["explanation"] = explanation.json
        case .policyIncomplete(let missing): body["missing"] = .array(missing.map(JSONValue.string))
        default: break
        }
        return DeskAnswer(status: status, body: .object(body))
    }

    /// Seconds after which trying again makes sense, where it does.
    public var retryAfterSeconds: Int? {
        switch self {
        case .tooMany(let seconds): seconds
        case .notDurable: 5
        case .busy: 1
        default: nil
        }
    }
}

extension PlainText {
    /// `{nl, en}`
    var json: JSONValue { ["nl": .string(nl), "en": .string(en)] }
}

extension JSONObject {
    /// Names the messages whose recipients cannot be told what became of them, since nothing can be sealed for those now; nothing where there are
    /// none.
    mutating func add(notTold messages: [MessageID]) {
        if !messages.isEmpty { self["notTold"] = .array(messages.map { .string($0.description) }) }
    }
}
