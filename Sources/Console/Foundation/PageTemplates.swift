import Mustache
import StrictJSON

/// The templates, by the names of their files.
enum PageTemplates {
    /// Every file; a partial is one that others name with `{{>name}}`.
    static let sources: [String: [UInt8]] = [
        "layout": PackageResources.layout_mustache, "form": PackageResources.form_mustache, "field": PackageResources.field_mustache,
        "one-form": PackageResources.one_form_mustache, "faults": PackageResources.faults_mustache,
        "refused": PackageResources.refused_mustache,
        "sign-in": PackageResources.sign_in_mustache, "signed-in-again": PackageResources.signed_in_again_mustache,
        "signed-on": PackageResources.signed_on_mustache,
        "enrol": PackageResources.enrol_mustache, "enrol-app": PackageResources.enrol_app_mustache,
        "enrolled": PackageResources.enrolled_mustache,
        "home": PackageResources.home_mustache, "choices": PackageResources.choices_mustache,
        "doorstep": PackageResources.doorstep_mustache,
        "signal-answer": PackageResources.signal_answer_mustache,
        "signal-area": PackageResources.signal_area_mustache,
        "signal-call": PackageResources.signal_call_mustache,
        "signal-card": PackageResources.signal_card_mustache,
        "signal-check": PackageResources.signal_check_mustache,
        "signal-concerns": PackageResources.signal_concerns_mustache,
        "signal-consent": PackageResources.signal_consent_mustache,
        "signal-danger": PackageResources.signal_danger_mustache,
        "signal-may-i": PackageResources.signal_may_i_mustache,
        "signal-new": PackageResources.signal_new_mustache,
        "signal-people": PackageResources.signal_people_mustache,
        "signal-sent": PackageResources.signal_sent_mustache,
        "signal-whom": PackageResources.signal_whom_mustache,
        "signals": PackageResources.signals_mustache,
        "officer-log": PackageResources.officer_log_mustache,
        "officer-state": PackageResources.officer_state_mustache, "officer-covenants": PackageResources.officer_covenants_mustache,
        "officer-person": PackageResources.officer_person_mustache, "officer-advice": PackageResources.officer_advice_mustache,
        "officer-objections": PackageResources.officer_objections_mustache,
        "officer-broken-glass": PackageResources.officer_broken_glass_mustache, "manager": PackageResources.manager_mustache,
        "desk": PackageResources.desk_mustache, "desk-signal": PackageResources.desk_signal_mustache,
        "desk-join": PackageResources.desk_join_mustache, "household": PackageResources.household_mustache,
        "cases": PackageResources.cases_mustache, "case": PackageResources.case_mustache,
        "consent-receipt": PackageResources.consent_receipt_mustache,
        "resident-letter": PackageResources.resident_letter_mustache,
        "justifications": PackageResources.justifications_mustache,
        "justification-card": PackageResources.justification_card_mustache,
        "case-spoken": PackageResources.case_spoken_mustache, "case-withdrawn": PackageResources.case_withdrawn_mustache,
        "case-share": PackageResources.case_share_mustache, "case-share-check": PackageResources.case_share_check_mustache,
        "meeting": PackageResources.meeting_mustache, "meeting-date": PackageResources.meeting_date_mustache,
        "meeting-minutes": PackageResources.meeting_minutes_mustache, "meeting-kept": PackageResources.meeting_kept_mustache,
    ]

    private static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        for (name, bytes) in sources {
            do { try library.register(String(decoding: bytes, as: UTF8.self), named: name) } catch {
                // The templates are part of the program; every test of a page would end here.
                preconditionFailure("the template `\(name)` cannot be read: \(error)")
            }
        }
        return library
    }()

    /// The text of a template with this data.
    static func render(_ name: String, _ data: [String: Any]) -> String {
        guard let text = library.render(showable(data), withTemplate: name) else { preconditionFailure("there is no template `\(name)`") }
        return text
    }

    /// Data as the templates take it: groups as dictionaries, and texts whose every `<`, `>`, `&` and quote will be escaped.
    ///
    /// Mustache escapes by `Character`, and a quote with a combining mark after it is another one: the mark is parted from it by a
    /// zero-width space. No name has such a pair.
    static func showable(_ value: Any) -> Any {
        switch value {
        case let text as String: parted(text)
        case let json as JSONValue: showable(json: json)
        case let object as JSONObject: showable(json: .object(object))
        case let group as [String: Any]: group.mapValues(showable)
        case let list as [Any]: list.map(showable)
        default: value
        }
    }

    private static func showable(json: JSONValue) -> Any {
        if let text = json.stringValue { return parted(text) }
        if let list = json.arrayValue { return list.map(showable(json:)) }
        if let object = json.objectValue {
            return Dictionary(object.members.map { ($0.name, showable(json: $0.value)) }, uniquingKeysWith: { first, _ in first })
        }
        if let flag = json.boolValue { return flag }
        return json.isNull ? "" : json.canonicalText
    }

    private static func parted(_ text: String) -> String {
        // Only where a special scalar is not a character of its own.
        guard text.unicodeScalars.contains(where: { special.contains($0) }),
            text.contains(where: { $0.unicodeScalars.count > 1 && $0.unicodeScalars.contains(where: { special.contains($0) }) })
        else { return text }
        var out = String.UnicodeScalarView()
        for character in text {
            let isJoined = character.unicodeScalars.count > 1
            for scalar in character.unicodeScalars {
                if isJoined, special.contains(scalar) { out.append("\u{200B}") }
                out.append(scalar)
                if isJoined, special.contains(scalar) { out.append("\u{200B}") }
            }
        }
        return String(out)
    }

    private static let special: Set<Unicode.Scalar> = ["<", ">", "&", "\"", "'"]
}
