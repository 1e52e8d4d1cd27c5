import Testing

@testable import Casework

@Suite("Trace context")
struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test(
        "a well-formed traceparent names its trace, of a later version too",
        arguments: [
            "00-\(trace)-\(span)-01", "00-\(trace)-\(span)-00", "00-\(trace)-\(span)-ff", "01-\(trace)-\(span)-01",
            "cc-\(trace)-\(span)-01-what-comes-later",
        ])
    func wellFormed(_ text: String) { #expect(TraceID(traceparent: text)?.description == Self.trace) }

    @Test(
        "anything else is no trace",
        arguments: [
            "", "00", "\(trace)", "00-\(trace)-\(span)", "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-more",
            "00-\(trace)-\(span)-01 ", " 00-\(trace)-\(span)-01", "ff-\(trace)-\(span)-01", "0-\(trace)-\(span)-01",
            "cc-\(trace)-\(span)-01more",
            "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01", "00-\(trace.uppercased())-\(span)-01",
            "00-\(trace)-\(span.uppercased())-01", "00-\(trace)-\(span)-0G", "0x-\(trace)-\(span)-01", "00_\(trace)-\(span)-01",
            "00-\(trace)_\(span)-01", "00-\(trace)-\(span)_01", "00-\(trace.dropLast())-\(span)-011",
            "00-\(trace)-\(span)-01,00-\(trace)-\(span)-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\u{e9}-\(span)-01",
        ])
    func malformed(_ text: String) { #expect(TraceID(traceparent: text) == nil) }

    @Test("what goes out comes back, and no id is all zeros")
    func roundTrip() throws {
        let trace = TraceID(random: Array(1...16))
        let header = trace.traceparent(span: Array(1...8))
        #expect(header == "00-0102030405060708090a0b0c0d0e0f10-0102030405060708-01")
        #expect(TraceID(traceparent: header) == trace)
        let zeros = [UInt8](repeating: 0, count: 16)
        #expect(TraceID(zeros) == nil && TraceID([1]) == nil)
        #expect(TraceID(traceparent: TraceID(random: zeros).traceparent(span: Array(zeros.prefix(8)))) != nil)
    }
}
