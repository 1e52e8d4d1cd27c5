import Exchange
import HTTPTypes
import StrictJSON

/// What the pages themselves refuse, before a use case is asked.
enum PageFault: Error, Hashable {
    case notFound
    /// A form without its key, from elsewhere, or such as no browser sends.
    case foreignForm
    case tooLarge
    /// Ours, and told to nobody but the log.
    case internalFault

    /// What happened, and what to do.
    func page(in language: Language) -> Page {
        switch self {
        case .notFound: refused("not-found", .notFound, in: language)
        case .foreignForm: refused("foreign-form", .forbidden, in: language)
        case .tooLarge: refused("too-large", .contentTooLarge, in: language)
        case .internalFault: refused("internal", .internalServerError, in: language)
        }
    }
}

/// A refusal of a use case as a page: what happened, and what to do. What the gate explains is said in its own words.
func refusedPage(_ refusal: DeskRefusal, in language: Language) -> Page {
    let answer = refusal.answer
    var data: PageData = [:]
    if let explained = answer.body["explanation"]?[language.rawValue]?.stringValue { data["explained"] = explained }
    let code = Words.has("refused-\(refusal.code)") ? refusal.code : "other"
    return refused(code, HTTPResponse.Status(code: answer.status), in: language, data)
}

private func refused(_ code: String, _ status: HTTPResponse.Status, in language: Language, _ data: PageData = [:]) -> Page {
    Page(
        "refused", title: "refused-\(code)", data.merging(["whatToDo": Words.text("refused-\(code)-do", in: language)]) { own, _ in own },
        status: status)
}
