import Exchange
import StrictJSON

/// Does something. What the use case refuses and the visitor can mend is said on the page on which the form stood; all else is thrown on.
/// - Parameters:
///   - fields: the field's id by the pointer that a fault names, or by as much of its beginning as is listed; under the empty name, the field
///     at which is said what stands in the way of the whole.
///   - words: the key of what is said of a field, by its id, or of the whole, by the refusal's code, where the general words would not do.
///   - page: the page with these faults; its status becomes that of the refusal.
func orSay(
    at fields: [String: String] = [:], saying words: [String: String] = [:], on page: ([FormFault]) async throws -> Page,
    _ act: () async throws -> PageAnswer
) async throws -> PageAnswer {
    do { return try await act() } catch let refusal as DeskRefusal {
        guard let faults = mendable(refusal, at: fields, saying: words) else { throw refusal }
        var shown = try await page(faults)
        shown.status = .init(code: refusal.answer.status)
        return .page(shown)
    } catch let refused as RefusedAnswer {
        var shown = try await page([FormFault(fields[""] ?? "content", "obstacle-state")])
        shown.status = .init(code: refused.answer.status)
        return .page(shown)
    }
}

/// Does something and shows the path afterwards; where a partner cannot be told of it, the path goes on with `-untold`, so that the page says so.
func done(_ path: String, _ act: () async throws -> DeskAnswer) async throws -> PageAnswer {
    let answer = try await act()
    // What was found only within the commit is answered, not thrown.
    guard answer.status < 400 else { throw RefusedAnswer(answer: answer) }
    return .redirect(answer.body.list("notTold").isEmpty ? path : "\(path)-untold")
}

/// A refusal that was found within the commit, so that it came as an answer.
struct RefusedAnswer: Error { let answer: DeskAnswer }

private func mendable(_ refusal: DeskRefusal, at fields: [String: String], saying words: [String: String]) -> [FormFault]? {
    let whole = fields[""] ?? "content"
    switch refusal {
    case .invalidInput(let faults):
        return faults.map { fault in
            let field = fault.field(in: fields) ?? "content"
            return words[field].map { FormFault(field, $0) } ?? FormFault(fault, at: field)
        }
    case .illegalTransition(_, let obstacle):
        let word = obstacle.map { "obstacle-\($0.rawValue)" } ?? "obstacle-state"
        return [FormFault(whole, Words.has(word) ? word : "obstacle-state")]
    case .alreadyDecided: return [FormFault(whole, "obstacle-decided")]
    default: return words[refusal.code].map { [FormFault(whole, $0)] }
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

    /// The field that is listed for the most of its pointer.
    fileprivate func field(in fields: [String: String]) -> String? {
        let steps = pointer.split(separator: "/")
        return (min(1, steps.count)...steps.count).reversed().compactMap { fields[steps.prefix($0).joined(separator: "/")] }.first
    }
}
