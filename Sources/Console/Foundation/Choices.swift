/// A question with answers to tick, one or several.
struct Choices: Sendable {
    /// One answer.
    struct Option: Sendable {
        let value: String
        let text: String
        /// A sentence beneath it; empty for none.
        var explanation = ""
        /// Which data it is about; empty for none.
        var data = ""
    }
    let name: String
    /// The text of the question.
    let legend: String
    var hint = ""
    let options: [Option]
    var chosen: [String] = []
    /// Whether several may be ticked.
    var isMany = false
    /// Whether the answers are short enough to stand beside each other.
    var isTwo = false
    /// The key of what is wrong with it; nil when nothing is.
    var fault: String?

    /// For the partial `choices`. The first answer carries the question's name, so that a fault can lead to it.
    func shown(_ language: Language) -> PageData {
        [
            "name": name, "legend": legend, "hint": hint, "hasHint": !hint.isEmpty, "type": isMany ? "checkbox" : "radio", "isTwo": isTwo,
            "fault": fault.map { Words.text($0, in: language) } ?? "", "hasFault": fault != nil, "isOne": !isMany,
            "options": options.enumerated().map { place, option in
                [
                    "id": place == 0 ? name : "\(name)-\(place + 1)", "value": option.value, "text": option.text,
                    "explanation": option.explanation, "isExplained": !option.explanation.isEmpty,
                    "data": option.data, "hasData": !option.data.isEmpty,
                    "isChosen": chosen.contains(option.value),
                ] as PageData
            } as [PageData],
        ]
    }
}
