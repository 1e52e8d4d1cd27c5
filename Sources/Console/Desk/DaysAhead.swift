import Casework
import StrictJSON

/// The deadlines of the coming fortnight by day: how many, and of what; what is overdue stands on today.
func daysAhead(_ day: JSONValue, _ request: PageRequest) -> [PageData] {
    guard let today = CalendarDate(day.text("today")) else { return [] }
    let lists: [(kind: String, rows: [JSONValue], member: String)] = [
        ("call", day.list("callList"), "dueAt"), ("meeting", day.list("meetings"), "at"),
        // What was dated stands among the meetings, also when its day has passed.
        ("plan", day.list("meetingsToPlan").filter { $0["at"] == nil }, "dueAt"),
        ("action", day.list("planActions"), "dueOn"), ("visit-due", day.list("homeVisitsDue"), "dueAt"),
        ("visit", (day["visits"] ?? .null).list("planned"), "on"), ("telling", day.list("tellings"), "dueAt"),
        ("lever", day.list("leverReviews"), "dueAt"),
        ("aftercare", day.list("aftercare"), "dueAt"), ("recall", (day["recalls"] ?? .null).list("open"), "dueAt"),
    ]
    // Where a last day was chosen for these, the first instant after it is due.
    let endWithDay: Set = ["telling", "lever"]
    var found: [CalendarDate: [(kind: String, count: Int)]] = [:]
    for list in lists {
        let dates = list.rows.compactMap { row -> CalendarDate? in
            let due = row.text(list.member)
            return endWithDay.contains(list.kind) ? PageTime.lastDate(before: due) : PageTime.date(due)
        }.map { max($0, today) }
        for (date, same) in Dictionary(grouping: dates, by: \.self) { found[date, default: []].append((list.kind, same.count)) }
    }
    return (0..<14).map { place in
        let date = today.adding(days: place)
        let kinds = found[date] ?? []
        let count = kinds.reduce(0) { $0 + $1.count }
        return [
            "name": PageTime.weekday(date, request.language), "count": count, "isSome": count > 0, "isToday": place == 0,
            "isRest": !WorkingCalendar().isWorkingDay(date), "dots": (0..<min(count, 12)).map { ["place": $0] as PageData },
            "text": kinds.map { "\($0.count) × \(request.word("deadline-\($0.kind)"))" }.joined(separator: ", "),
        ]
    }
}
