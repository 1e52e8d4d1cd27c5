/// What every figure of the exchange is: its kind, and what it tells. `/metrics` names all of them, those too that have no value yet.
///
/// `partner` is the organisation's number (OIN). A test compares the list with what a working exchange tells.
struct FigureCatalogue: Sendable {
    struct Entry: Sendable {
        let name: String
        let kind: String
        let help: String
    }
    let entries: [Entry]

    /// Nothing is described.
    static let none = FigureCatalogue(entries: [])

    /// The figures of the exchange.
    static let exchange = FigureCatalogue(entries: counters + histograms + gauges)

    private static let counters = [
        (
            "convenant_commits_total",
            "bodies handed to the store, by outcome: done, stale (tried again on newer facts), failed (not durable)"
        ),
        ("convenant_connections_refused_total", "connections closed at once, as their address had as many as it may, by listener"),
        ("convenant_decisions_total", "questions that the gate decided, by outcome: permitted, refused"),
        ("convenant_events_total", "notifications (CloudEvents) that something waits, by result: told, refused, failed"),
        ("convenant_http_requests_total", "requests answered, by listener, route, method and status"),
        ("convenant_pull_attempts_total", "fetches of a message by its partner, by result: given, held (an objection), ended"),
        (
            "convenant_push_attempts_total",
            "pushes of a message, by result: receipted, accepted, retry, unreachable, unanswered, dead, known, interrupted, overtaken"
        ),
        ("convenant_receipts_total", "first receipts taken, by result: opened, refused"),
        ("convenant_refusals_total", "refused questions by reason; one question can have several"),
    ].map { Entry(name: $0, kind: "counter", help: $1) }

    private static let histograms = [
        ("convenant_commit_seconds", "how long a body waited until it was on the disk"),
        ("convenant_http_request_seconds", "how long a request took"),
    ].map { Entry(name: $0, kind: "histogram", help: $1) }

    private static let gauges = [
        ("convenant_backup_timestamp_seconds", "when the newest copy that the desk was told of was begun, by part: data, keys; 0 for none"),
        ("convenant_certificate_days_left", "whole days until a certificate ends, negative when it has; our own under our own number"),
        ("convenant_certificate_trusted", "1 when a partner's certificate counts now (chain, revocation list, term, number), else 0"),
        ("convenant_deadlines_lag_seconds", "for how long a deadline could have been handled and was not"),
        ("convenant_deadlines_oldest_due_timestamp_seconds", "the oldest deadline that passed and was not handled, since 1970; 0 for none"),
        ("convenant_recalls_unfinished", "persons and messages whose recall or erasure has not been told yet, a minute and more after it"),
        ("convenant_delivery_faults", "messages not delivered, or not read as their covenant says, that the desk has not settled"),
        ("convenant_lanes_down", "partners with an endpoint that cannot be reached"),
        ("convenant_partner_lane_failures", "failures in a row of the lane to a partner's endpoint; 0 when it works"),
        ("convenant_partner_lane_up", "0 when a partner's endpoint cannot be reached, else 1"),
        ("convenant_partner_queue_depth", "messages for a partner that have no receipt"),
        ("convenant_partner_queue_oldest_seconds", "age of the oldest of them; 0 for none"),
        ("convenant_partner_waiters", "requests of a partner that wait for a message"),
        ("convenant_push_oldest_seconds", "age of the oldest message without a receipt on any lane"),
        ("convenant_reload_failed", "1 when a part (trust, policies) was refused as it was last read and what was in force stays, else 0"),
    ].map { Entry(name: $0, kind: "gauge", help: $1) }
}
