import Casework
import Disclosure
import StrictJSON

/// What whoever records a lever writes down. The steps before compulsion are part of it (R25): help was offered voluntarily and failed, and where an
/// ultimatum was given, the time given with it has ended. Compulsion is no first step.
struct LeverDraft: Sendable {
    let person: PersonID
    let kind: LeverKind
    let article: LegalArticle
    let signers: [OrganisationNumber]
    let from: CalendarDate
    /// The last day on which it holds.
    let until: CalendarDate
    /// The last day on which it holds without a review.
    let reviewBy: CalendarDate
    let voluntaryOn: CalendarDate
    let ultimatum: (on: CalendarDate, until: CalendarDate)?
    let because: String

    static let members = [
        "personId", "kind", "article", "signers", "from", "until", "reviewBy", "voluntaryOn", "ultimatumOn", "ultimatumUntil", "because",
    ]
    /// The longest time in which nobody looks whether a lever must still be, in months.
    static let longestUnreviewed = 12
    /// How far ahead it may begin, and how long it may hold, in months: what compels without an end in sight is a standing permit.
    static let (furthest, longest) = (12, 60)
    /// How long an ultimatum runs that names no end, in months: the same day a year later.
    static let ultimatumRuns = 12

    init?(_ reader: JSONReader, today: CalendarDate) {
        let optional = ["ultimatumOn", "ultimatumUntil"]
        guard let body = reader.object(Self.members, required: Self.members.filter { !optional.contains($0) }) else { return nil }
        let person = body["personId"]?.identifier(PersonID.self)
        let kind = body["kind"]?.oneOf(LeverKind.self)
        let article = body["article"]?.article()
        let signers = body["signers"]?.signers()
        let from = body["from"]?.date()
        let until = body["until"]?.date()
        let reviewBy = body["reviewBy"]?.date()
        let voluntaryOn = body["voluntaryOn"]?.date()
        let because = body["because"]?.sentence()
        let ultimatum = Self.ultimatum(in: body, after: voluntaryOn, today: today)
        if let voluntaryOn {
            if voluntaryOn > today {
                body["voluntaryOn"]?.fault(
                    "in-the-future", "this day is still to come", hint: "the day on which help was offered, and failed")
            } else if let from, voluntaryOn > from {
                body["voluntaryOn"]?.fault(
                    "after-from", "compulsion would begin before help was offered", hint: "first offer help; `from` comes later")
            }
        }
        if let from, let ultimatum, from < ultimatum.until {
            body["from"]?.fault(
                "ultimatum-runs", "the time that was given has not ended by then", hint: "begin on \(ultimatum.until) or later")
        }
        if let from, from > today.adding(months: Self.furthest) {
            body["from"]?.fault("out-of-range", "it would begin too far ahead", hint: "within a year; record it when it is near")
        }
        if let from, let until, until < max(from, today) || until > max(from, today).adding(months: Self.longest) {
            body["until"]?.fault(
                "out-of-range", "it would never hold, or too long", hint: "a day from today and `from` on, within five years")
        }
        if let from, let until, let day = reviewBy {
            body["reviewBy"]?.demandReview(by: day, begun: max(from, today), until: until)
        }
        guard let person, let kind, let article, let signers, let from, let until, let reviewBy, let voluntaryOn, let because else {
            return nil
        }
        self.person = person
        self.kind = kind
        self.article = article
        self.signers = signers
        self.from = from
        self.until = until
        self.reviewBy = reviewBy
        self.voluntaryOn = voluntaryOn
        self.ultimatum = ultimatum
        self.because = because
    }

    /// The ultimatum, where one was given; what is wrong with it is noted.
    private static func ultimatum(in body: JSONObjectReader, after voluntaryOn: CalendarDate?, today: CalendarDate)
        -> (on: CalendarDate, until: CalendarDate)?
    {
        let end = body["ultimatumUntil"]?.date()
        guard let given = body["ultimatumOn"] else {
            body["ultimatumUntil"]?.fault("contradictory", "an ultimatum that ends was given on some day", hint: "send `ultimatumOn` too")
            return nil
        }
        guard let day = given.date() else { return nil }
        if day > today { given.fault("in-the-future", "this day is still to come", hint: "the day on which the ultimatum was given") }
        if let voluntaryOn, day < voluntaryOn {
            given.fault("before-voluntary", "the ultimatum came before help was offered", hint: "help, then pressure, then compulsion")
        }
        if let end, end <= day {
            body["ultimatumUntil"]?.fault("out-of-range", "no time was given", hint: "a day after `ultimatumOn`")
        }
        return (day, end ?? day.adding(months: ultimatumRuns))
    }
}

extension JSONReader {
    /// Refuses a day of review on which it would be of no use, or which is too far away.
    func demandReview(by day: CalendarDate, begun: CalendarDate, until: CalendarDate) {
        guard day < begun || day > until || day > begun.adding(months: LeverDraft.longestUnreviewed) else { return }
        fault(
            "out-of-range", "it must be reviewed while it holds, and within a year", hint: "a day from \(begun) on, not after its last day")
    }

    /// At least one organisation, none twice.
    fileprivate func signers() -> [OrganisationNumber]? {
        guard let items = array(max: 10) else { return nil }
        if items.isEmpty { fault("empty", "nobody signed it", hint: "name the organisations that imposed it") }
        let signers = items.compactMap { $0.organisation() }
        if Set(signers).count != signers.count { fault("duplicate", "an organisation stands here twice", hint: "name each once") }
        return signers.count == items.count ? signers : nil
    }
}
