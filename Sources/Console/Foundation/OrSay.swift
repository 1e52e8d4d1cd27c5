import Exchange
import StrictJSON

/// What is wrong with a form: the id of the field, and the key of what to say.
typealias FormFault = (field: String, word: String)

/// Does something. What the use case refuses and the visitor can mend is said on the page on which the form stood; all else is thrown on.
/// - Parameters:
///   - fields: the field's id by the first part of the pointer that a fault names.
///   - page: the page with these faults; its status becomes that of the refusal.
func orSay(
    at fields: [String: String] = [:], on page: ([FormFault]) async throws -> Page, _ act: () async throws -> PageAnswer
) async throws -> PageAnswer {
    do { return try await act() } catch let refusal as DeskRefusal {
        guard let faults = mendable(refusal, at: fields) else { throw refusal }
        var shown = try await page(faults)
        shown.status = .init(code: refusal.answer.status)
        return .page(shown)
    } catch let refused as RefusedAnswer {
        var shown = try await page([("content", "obstacle-state")])
        shown.status = .init(code: refused.answer.status)
        return .page(shown)
    }
}

/// Does something and shows the path afterwards.
func done(_ path: String, _ act: () async throws -> DeskAnswer) async throws -> PageAnswer {
    let answer = try await act()
    // What was found only within the commit is answered, not thrown.
    guard answer.status < 400 else { throw RefusedAnswer(answer: answer) }
    return .redirect(path)
}

/// A refusal that was found within the commit, so that it came as an answer.
struct RefusedAnswer: Error { let answer: DeskAnswer }

private func mendable(_ refusal: DeskRefusal, at fields: [String: String]) -> [FormFault]? {
    switch refusal {
    case .invalidInput(let faults):
        return faults.map { fault in
            let part = fault.pointer.split(separator: "/").first.map(String.init) ?? ""
            let word = "fault-\(fault.code)"
            return (fields[part] ?? "content", Words.has(word) ? word : "fault-input")
        }
    case .illegalTransition(_, let obstacle):
        let word = obstacle.map { "obstacle-\($0.rawValue)" } ?? "obstacle-state"
        return [("content", Words.has(word) ? word : "obstacle-state")]
    case .alreadyDecided: return [("content", "obstacle-decided")]
    default: return nil
    }
}

extension PageRequest {
    /// A number for a form that must be taken once only, however often it is sent.
    var once: String { settings.random(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    /// The idempotency key of a form that was shown with ``once``; nil for one that was not.
    func idempotency(_ route: String, _ body: JSONValue) -> IdempotencyKey? {
        let key = form["once"]
        guard key.utf8.count == 32 else { return nil }
        return IdempotencyKey(route: route, key: key, body: body.canonicalBytes())
    }

    /// What one of a closed list is called, such as `domain-debts`; the code itself where a covenant names what we have no word for.
    func name(_ kind: String, _ code: String) -> String {
        let key = "\(kind)-\(code)"
        return Words.has(key) ? word(key) : code
    }

    /// The same of several, in their order.
    func names(_ kind: String, _ codes: [String]) -> String { codes.map { name(kind, $0) }.joined(separator: ", ") }

    /// Answers of a list to choose from.
    func options(_ kind: String, _ codes: [String], chosen: String = "") -> [PageData] {
        codes.map { ["value": $0, "text": name(kind, $0), "isChosen": $0 == chosen] }
    }
}

extension JSONValue {
    /// The text of a member; empty when there is none.
    func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
    /// The list of a member; empty when there is none.
    func list(_ name: String) -> [JSONValue] { self[name]?.arrayValue ?? [] }
    /// The texts of a list; empty when there is none.
    func texts(_ name: String) -> [String] { list(name).compactMap(\.stringValue) }
    /// Whether a member is there and true.
    func flag(_ name: String) -> Bool { self[name]?.boolValue ?? false }
    /// The number of a member; 0 when there is none.
    func number(_ name: String) -> Int { self[name].flatMap { Int($0.canonicalText) } ?? 0 }
}
