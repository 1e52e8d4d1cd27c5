import Casework
import Disclosure
import Exchange

/// Who is in the household: one after another, as far as is known. The citizen service number is asked only of a filer who
/// may name it, and is never shown again: the desk does not need it to begin.
let householdPages: [PageRoute] = [
    .get("/signals/people") { request in try await withDraft(request) { kept in try await people(kept.draft, request) } },
    .post("/signals/people", addPerson),
    .post("/signals/people/remove") { request in
        try await withDraft(request) { kept in
            guard let place = Int(request.form["place"]), kept.draft.persons.indices.contains(place - 1) else { throw PageFault.notFound }
            kept.draft.persons.remove(at: place - 1)
            // Whom a concern is about was said by place.
            for domain in kept.draft.concerns.keys { kept.draft.concerns[domain]?.about = [] }
            // And so was who decides for whom.
            for other in kept.draft.persons.indices where !kept.draft.persons[other].deciders.isEmpty {
                kept.draft.persons[other].deciders = [:]
                kept.draft.persons[other].answer = ""
            }
            try await kept.keep(request)
            return .redirect("/signals/people", cookies: [kept.cookie])
        }
    },
]

private typealias Person = SignalDraft.Person

private func people(
    _ draft: SignalDraft, _ request: PageRequest, typed: SignalDraft.Person? = nil, born: (String, String, String) = ("", "", ""),
    faults: [FormFault] = []
) async throws -> PageAnswer {
    let person = typed ?? Person()
    func field(
        _ name: String, _ value: String, hint: String = "", inputMode: String = "", length: Int = 200, short: Bool = false,
        long: Bool = false
    ) -> PageData {
        Field(
            name: name, label: "person-\(name)", hint: hint, value: value, inputMode: inputMode, maxLength: length, isShort: short,
            isLong: long, fault: faults.word(of: name)
        ).shown(request.language)
    }
    // What is wrong with a date is wrong with its three fields together; in the list of faults it leads to the first.
    let bornFault = faults.word(of: "day")
    func part(_ name: String, _ value: String, length: Int) -> PageData {
        Field(
            name: name, label: "person-\(name)", value: value, inputMode: "numeric", maxLength: length, isShort: true,
            groupFault: bornFault == nil ? "" : "born-fault"
        ).shown(request.language)
    }
    var number: [PageData] = []
    if try await takesNumber(request) {
        number = [field("bsn", "", hint: "person-bsn-filing", inputMode: "numeric", length: 14, short: true)]
    }
    let data: PageData = [
        "persons": draft.persons.enumerated().map { place, person in
            ["place": place + 1, "name": person.name, "born": PageTime.birth(person.birthDate, request.language)] as PageData
        } as [PageData],
        "hasPersons": !draft.persons.isEmpty, "mayAdd": draft.persons.count < SignalDraft.mostPersons,
        "nameFields": [
            field("given", person.given), field("prefix", person.prefix, length: 40, short: true),
            field("family", person.family, length: 120),
        ],
        "birthFields": [
            part("day", born.0, length: 2), part("month", born.1, length: 2), part("year", born.2, length: 4),
        ],
        "hasBornFault": bornFault != nil, "bornFault": bornFault.map { request.word($0) } ?? "",
        "adult": [
            adultQuestion(
                ["yes", "no", "unknown"], request, chosen: typed == nil ? [] : [request.form["adult"]], fault: faults.word(of: "adult")
            ).shown(request.language)
        ],
        "addressFields": [
            field("street", person.street), field("houseNumber", person.houseNumber, length: 10, short: true),
            field("addition", person.addition, length: 10, short: true), field("postcode", person.postcode, length: 10, short: true),
            field("place", person.place),
        ],
        "secret": [
            Choices(
                name: "secret", legend: request.word("secret-question"), hint: request.word("secret-hint"),
                options: [.init(value: "yes", text: request.word("secret-yes"))], chosen: person.isSecret == true ? ["yes"] : [],
                isMany: true
            ).shown(request.language)
        ],
        "number": number,
        "contactFields": [
            field("phone", person.phone, inputMode: "tel", length: 30),
            field("safeWay", person.safeWay, hint: "person-safeWay-hint", length: 500, long: true),
        ],
        "isOpen": draft.persons.isEmpty || !faults.isEmpty,
    ]
    return .page(Page("signal-people", title: "people-title", data, status: faults.isEmpty ? .ok : .unprocessableContent, faults: faults))
}

/// Whether the filer's covenant lets it name citizen service numbers.
private func takesNumber(_ request: PageRequest) async throws -> Bool {
    try await request.desk.showFilingChoices(by: try request.caller()).body["takesBSN"] == true
}

private func addPerson(_ request: PageRequest) async throws -> PageAnswer {
    try await withDraft(request) { kept in
        let form = request.form
        var person = Person(
            given: form["given"], prefix: form["prefix"], family: form["family"], street: form["street"], houseNumber: form["houseNumber"],
            addition: form["addition"], postcode: form["postcode"], place: form["place"],
            isSecret: form["secret"] == "yes", phone: form["phone"], safeWay: form["safeWay"])
        // "Continue" with an empty form goes on with those who are there.
        if form["then"] == "next", person == Person(), form["adult"].isEmpty, !kept.draft.persons.isEmpty,
            [form["day"], form["month"], form["year"], form["bsn"]].allSatisfy(\.isEmpty)
        {
            return .redirect("/signals/concerns")
        }
        var faults: [FormFault] = []
        if person.family.isEmpty { faults.append(FormFault("family", "family-missing")) }
        let birthDate = birthDate(day: form["day"], month: form["month"], year: form["year"])
        if birthDate == nil { faults.append(FormFault("day", "birth-date-wrong")) }
        let saw = form["adult"]
        if let birthDate, let age = isAdult(birthDate, saw, request) {
            person.adult = age
        } else if birthDate != nil {
            faults.append(FormFault("adult", ["yes", "no"].contains(saw) ? "adult-wrong" : "adult-missing"))
        }
        let number = form["bsn"].filter { $0 != " " && $0 != "." }
        if !number.isEmpty, try await takesNumber(request) {
            if CitizenServiceNumber(number) == nil { faults.append(FormFault("bsn", "person-fault-bsn")) } else { person.bsn = number }
        }
        // An address is filed with these three or not at all, so whoever begins one is asked for them.
        if !person.address.isEmpty {
            if person.street.isEmpty { faults.append(FormFault("street", "street-missing")) }
            if person.houseNumber.isEmpty { faults.append(FormFault("houseNumber", "house-number-missing")) }
        }
        if let written = postcode(person.postcode) {
            person.postcode = written
        } else {
            faults.append(FormFault("postcode", "postcode-wrong"))
        }
        if !person.address.isEmpty, person.place.isEmpty { faults.append(FormFault("place", "place-missing")) }
        if !person.phone.isEmpty, !isTelephone(person.phone) { faults.append(FormFault("phone", "phone-wrong")) }
        // The form comes back without the number, so whoever typed one hears that it is to be typed again.
        if !faults.isEmpty, person.bsn?.isEmpty == false { faults.append(FormFault("bsn", "person-bsn-again")) }
        guard faults.isEmpty, let birthDate, kept.draft.persons.count < SignalDraft.mostPersons else {
            return try await people(kept.draft, request, typed: person, born: (form["day"], form["month"], form["year"]), faults: faults)
        }
        person.birthDate = birthDate
        kept.draft.persons.append(person)
        try await kept.keep(request)
        return .redirect(form["then"] == "next" ? "/signals/concerns" : "/signals/people", cookies: [kept.cookie])
    }
}

/// Whether somebody is an adult, where the birth date does not tell.
func adultQuestion(_ answers: [String], _ request: PageRequest, chosen: [String], fault: String?) -> Choices {
    Choices(
        name: "adult", legend: request.word("adult-question"), hint: request.word("adult-hint"),
        options: answers.map { .init(value: $0, text: request.word("adult-\($0)")) }, chosen: chosen, isTwo: true, fault: fault)
}

/// Whether it is an adult, by the birth date or else by what was seen: `yes`, `no` or `unknown`. Nil where the two differ, or nothing was said.
private func isAdult(_ birthDate: String, _ saw: String, _ request: PageRequest) -> String? {
    guard let ages = BirthDate(birthDate)?.ages(on: request.desk.today).map({ PossibleAges($0) }) else {
        return ["yes", "no", "unknown"].contains(saw) ? saw : nil
    }
    let tells = ages.isAdult ? "yes" : ages.oldest < PossibleAges.majority ? "no" : "unknown"
    switch saw {
    case "yes", "no": return tells == "unknown" || tells == saw ? saw : nil
    default: return tells
    }
}

/// A postcode as it is filed: a Dutch one as `2512 AB`, one of elsewhere as it was typed. Nil for what is none.
func postcode(_ text: String) -> String? {
    if text.isEmpty { return "" }
    let signs = text.uppercased().filter { $0 != " " && $0 != "-" }
    if let dutch = signs.wholeMatch(of: /([1-9][0-9]{3})([A-Z]{2})/) { return "\(dutch.output.1) \(dutch.output.2)" }
    // Four digits and letters that are not two are a Dutch one with a slip; four digits alone are whole in other countries.
    let isSlip = signs.wholeMatch(of: /[0-9]{4}[A-Z]+/) != nil
    let isElsewhere = signs.wholeMatch(of: /[A-Z0-9]{3,10}/) != nil && signs.contains(where: \.isNumber)
    return isElsewhere && !isSlip ? text : nil
}

/// Whether a text can be rung: ten digits as within the Netherlands, or a country's number after `+` or `00`, with the usual signs between.
func isTelephone(_ text: String) -> Bool {
    guard text.wholeMatch(of: /\+?[0-9 ().\/\-]+/) != nil else { return false }
    let digits = text.filter(\.isNumber)
    if text.hasPrefix("+") || digits.hasPrefix("00") { return 8...17 ~= digits.count }
    return digits.hasPrefix("0") && digits.count == 10
}

/// A birth date of which parts may be unknown: a year, a year and a month, all three, or nothing. Nil for what is no date.
func birthDate(day: String, month: String, year: String) -> String? {
    func digits(_ text: String, _ count: Int) -> String? {
        guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), text.utf8.count <= count else {
            return nil
        }
        return String(repeating: "0", count: count - text.utf8.count) + text
    }
    if day.isEmpty, month.isEmpty, year.isEmpty { return "unknown" }
    guard year.utf8.count == 4, let year = digits(year, 4) else { return nil }
    guard !month.isEmpty else { return day.isEmpty && BirthDate(year) != nil ? year : nil }
    guard let month = digits(month, 2) else { return nil }
    let whole = day.isEmpty ? "\(year)-\(month)" : digits(day, 2).map { "\(year)-\(month)-\($0)" }
    return whole.flatMap { BirthDate($0) == nil ? nil : $0 }
}
