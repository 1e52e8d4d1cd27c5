import StrictJSON

/// A command that the desk refused, and how that is told on the command line.
///
/// The problem document of the API (contract §2) tells a stranger no more than it must. Whoever holds the data folder may know what there is,
/// and gave options, not members of a body.
struct RefusedCommand {
    let command: String
    let arguments: JSONObject

    /// The line for a problem document; a line a fault where its input is at fault.
    func words(_ problem: JSONValue) -> String {
        let detail = problem["detail"]?.stringValue ?? "it failed"
        switch problem["code"]?.stringValue {
        case "invalid-input":
            let faults = (problem["errors"]?.arrayValue ?? []).map(line)
            return faults.isEmpty ? detail : faults.joined(separator: "\n  ")
        case "not-found": return missing ?? detail
        case "already-decided": return settled ?? detail
        case "policy-incomplete":
            let keys = (problem["missing"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", ")
            return "the policy does not say: \(keys) (hint: the controller decides it; `convenant policy explain` tells more)"
        case "not-durable", "busy": return "\(problem["title"]?.stringValue ?? "it failed"): \(detail)"
        default: return detail
        }
    }

    private func line(_ fault: JSONValue) -> String {
        let option = option(fault["pointer"]?.stringValue ?? "").map { "\($0): " } ?? ""
        let hint = fault["hint"]?.stringValue.map { " (hint: \($0))" } ?? ""
        return option + (fault["detail"]?.stringValue ?? "") + hint
    }

    /// Arguments that are given without an option of their name.
    private static let withoutOption = ["account", "message", "epoch", "profile"]

    /// The option that a pointer such as `/mandatedRole` or `/query/to` is about; nil where the command was given none of that name.
    private func option(_ pointer: String) -> String? {
        let name = String(pointer.dropFirst(pointer.hasPrefix("/query/") ? 7 : 1))
        guard arguments[name] != nil, !Self.withoutOption.contains(name) else { return nil }
        var option = "--"
        for letter in name { option += letter.isUppercase ? "-\(letter.lowercased())" : String(letter) }
        return option
    }

    /// What was named and is not there.
    private var missing: String? {
        switch command {
        case "staff.disable", "staff.bind", "staff.reset":
            "there is no account `\(text("account"))` (hint: `convenant staff list` shows the accounts)"
        case "queue.list": noPartner("partner")
        case "queue.retry" where arguments["partner"] != nil: noPartner("partner")
        case "partner.rotate", "partner.remove": noPartner("oin")
        case "queue.show", "queue.retry", "queue.end":
            "there is no message `\(text("message"))` (hint: `convenant queue list --partner OIN` shows what waits)"
        case "erase":
            "there is no person `\(text("person"))` in a case `\(text("casefile"))`, or it was erased before "
                + "(hint: no command lists cases; the page of a case shows both numbers)"
        default: nil
        }
    }

    private func noPartner(_ name: String) -> String {
        "there is no partner `\(text(name))` (hint: `convenant partner list` shows the partners)"
    }

    /// What was done before, so that it cannot be done now.
    private var settled: String? {
        switch command {
        case "staff.add":
            "the account `\(text("account"))` exists already (hint: `convenant staff reset \(text("account"))` gives it a new password; "
                + "the name of a disabled account is not given out again)"
        case "staff.bind":
            "the account `\(text("account"))` is a program's, or another account signs in as this person "
                + "(hint: `convenant staff list` shows who signs in how)"
        case "queue.retry", "queue.end":
            "the message `\(text("message"))` was received, replaced or ended already "
                + "(hint: `convenant queue show \(text("message"))` tells which)"
        default: nil
        }
    }

    private func text(_ name: String) -> String { arguments[name]?.stringValue ?? "" }
}
