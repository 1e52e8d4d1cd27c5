/// A page that is one form with one button: what most things that are recorded need.
struct OneForm: Sendable {
    /// The key of its title.
    let title: String
    /// Where it is sent.
    let action: String
    /// Where one goes who thinks better of it, and the key of what that place is called.
    let back: (path: String, word: String)
    /// The key of the sentence before the form; empty for none.
    var lead = ""
    /// The key of why there is nothing to fill in now, which is said in the form's place; empty where there is.
    var obstacle = ""
    /// What whoever fills it in must know, each with its name.
    var notes: [(name: String, text: String)] = []
    /// What is sent along.
    var hidden: [(name: String, value: String)] = []
    var questions: [Choices] = []
    var fields: [Field] = []
    /// The key of the button's text.
    let button: String

    /// The form as a page, with what is wrong in it.
    func page(_ request: PageRequest, _ faults: [FormFault]) -> Page {
        var data: PageData = [
            "action": action, "back": back.path, "backName": request.word(back.word), "button": request.word(button),
            "notes": notes.map { ["name": $0.name, "text": $0.text] as PageData },
            "hidden": (hidden + [("once", request.once)]).map { ["name": $0.0, "value": $0.1] as PageData },
            "questions": questions.map { $0.shown(request.language) }, "fields": fields.map { $0.shown(request.language) },
        ]
        if !lead.isEmpty { data["lead"] = request.word(lead) }
        if !obstacle.isEmpty { data["obstacle"] = request.word(obstacle) }
        return Page("one-form", title: title, data, faults: faults)
    }
}
