/// One field of a form: label, hint, and the fault of what was typed, tied to it for who does not see it.
struct Field: Sendable {
    let name: String
    /// The key of its label.
    let label: String
    /// Its label, where that is no word of ours but the name of what was chosen.
    var labelText: String?
    /// The key of the sentence beneath the label; empty for none.
    var hint = ""
    var value = ""
    var type = "text"
    var autocomplete = "off"
    /// `numeric` shows a telephone's digits.
    var inputMode = ""
    var maxLength = 200
    var isRequired = false
    /// A few signs wide, such as a year.
    var isShort = false
    /// Whether it takes sentences.
    var isLong = false
    /// The key of what is wrong with it; nil when nothing is.
    var fault: String?
    /// The id of the sentence that says what is wrong with the group of which it is a part; empty for none.
    var groupFault = ""

    /// For the partial `field`.
    func shown(_ language: Language) -> PageData {
        let sentences = [hint.isEmpty ? nil : "\(name)-hint", fault == nil ? nil : "\(name)-fault", groupFault.nonEmpty]
        let describedBy = sentences.compactMap(\.self)
        return [
            "name": name, "label": labelText ?? Words.text(label, in: language), "hint": hint.isEmpty ? "" : Words.text(hint, in: language),
            "hasHint": !hint.isEmpty, "value": value, "type": type, "autocomplete": autocomplete, "inputMode": inputMode,
            "hasInputMode": !inputMode.isEmpty, "maxLength": maxLength, "isRequired": isRequired, "isShort": isShort, "isLong": isLong,
            "fault": fault.map { Words.text($0, in: language) } ?? "", "hasFault": fault != nil,
            "isWrong": fault != nil || !groupFault.isEmpty, "describedBy": describedBy.joined(separator: " "),
            "isDescribed": !describedBy.isEmpty,
        ]
    }
}

/// What is wrong with one field of a form: its id, and the key of what to say.
struct FormFault: Sendable, Hashable {
    let field: String
    let word: String

    init(_ field: String, _ word: String) {
        self.field = field
        self.word = word
    }
}

extension [FormFault] {
    /// The key of what to say of a field; nil where nothing is wrong with it.
    func word(of field: String) -> String? { first { $0.field == field }?.word }

    /// For a template that has no `Field` for them: as `<name>Fault`, what to say of each of these fields with which something is wrong.
    /// - Parameter item: what the fields' ids end with, where the page has the same form for several things.
    func shown(of names: [String], of item: String? = nil, _ language: Language) -> PageData {
        var texts: PageData = [:]
        for name in names {
            guard let key = word(of: item.map { "\(name)-\($0)" } ?? name) else { continue }
            texts["\(name)Fault"] = Words.text(key, in: language)
        }
        return texts
    }

    /// For the partial `faults`: a list at the top, each leading to its field.
    func shown(_ language: Language) -> PageData {
        [
            "hasFaults": !isEmpty,
            "faultList": map { ["field": $0.field, "text": Words.text($0.word, in: language)] as PageData } as [PageData],
        ]
    }
}
