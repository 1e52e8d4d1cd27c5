import Exchange
import StrictJSON

/// Does something. What the use case refuses and the visitor can mend is said on the page on which the form stood; all else is thrown on.
/// - Parameters:
///   - fields: the field's id by the first part of the pointer that a fault names; under the empty name, the field at which is said what
///     stands in the way of the whole.
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
        var shown = try await page([FormFault(fields[""] ?? "content", "obstacle-state")])
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
        return faults.map { FormFault($0, at: fields[$0.member] ?? "content") }
    case .illegalTransition(_, let obstacle):
        let word = obstacle.map { "obstacle-\($0.rawValue)" } ?? "obstacle-state"
        return [FormFault(fields[""] ?? "content", Words.has(word) ? word : "obstacle-state")]
    case .alreadyDecided: return [FormFault(fields[""] ?? "content", "obstacle-decided")]
    default: return nil
    }
}

extension FormFault {
    /// What a use case found wrong, at the field that the form has for it: in the words of the form's own list, or else in general ones.
    init(_ fault: InputFault, at field: String? = nil, words list: String = "fault") {
        let keys = ["\(list)-\(fault.code)", "fault-\(fault.code)"]
        self.init(field ?? fault.member, keys.first(where: Words.has) ?? "fault-input")
    }
}

extension InputFault {
    /// The member of the body in which it lies.
    fileprivate var member: String { pointer.split(separator: "/").first.map(String.init) ?? "" }
}
