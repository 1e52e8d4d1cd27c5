import StrictJSON
import Testing

@testable import Wire

@Suite("the query")
struct ReadQueryTests {
    private func read(_ text: String?, _ allowed: [QueryKey] = [.after, .limit, .assigned]) -> (query: Query, faults: [String]) {
        let faults = InputFaults()
        let query = Query(text, allowed: allowed, into: faults)
        return (query, faults.all.map { "\($0.pointer) \($0.code)" })
    }

    @Test("no query is 50 items from the beginning")
    func defaults() {
        let (query, faults) = read(nil)
        #expect(query.limit == 50 && query["after"] == nil && faults.isEmpty)
    }

    @Test("known keys are read and unescaped")
    func known() {
        let (query, faults) = read("after=a%2Fb&limit=200&assigned=me")
        #expect(query["after"] == "a/b" && query.limit == 200 && query["assigned"] == "me" && faults.isEmpty)
    }

    @Test(
        "what is wrong is named by its key",
        arguments: [
            ("limit=0", "/query/limit out-of-range"), ("limit=201", "/query/limit out-of-range"), ("limit=+5", "/query/limit out-of-range"),
            ("limit=ten", "/query/limit out-of-range"), ("limit=", "/query/limit invalid-query-value"),
            ("limit", "/query/limit invalid-query-value"),
            ("after=%zz", "/query/after invalid-query-value"), ("limit=1&limit=1", "/query/limit duplicate-query-key"),
            ("bsn=1", "/query/bsn unknown-query-key"), ("assigned=you", "/query/assigned not-in-list"),
        ])
    func faulty(text: String, fault: String) { #expect(read(text).faults == [fault]) }

    @Test("every fault is listed at once")
    func all() { #expect(read("x=1&limit=0&y=2").faults.count == 3) }

    @Test("a cursor of the log is a number")
    func number() {
        #expect(read("after=12", [.afterNumber]).query["after"] == "12")
        #expect(read("after=abc", [.afterNumber]).faults == ["/query/after out-of-range"])
    }
}
