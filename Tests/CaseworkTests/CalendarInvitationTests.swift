import Casework
import Foundation
import Testing

/// The invitations that Tests/Interop/check_icalendar.py reads back, by the name of their file in Tests/Vectors/calendar.
enum CalendarScene: String, CaseIterable {
    case request, update, cancellation

    /// A meeting first on the Friday before summer time and moved to the Monday after, or the same around its end in October.
    func invitation(in month: String) -> CalendarInvitation {
        let (friday, monday): (Instant, Instant) =
            month == "march"
            ? (Instant("2009-03-27T13:30:00+01:00"), Instant("2009-03-30T13:30:00+02:00"))
            : (Instant("2009-10-23T13:30:00+02:00"), Instant("2009-10-26T13:30:00+01:00"))
        let place = Int64(Self.allCases.firstIndex(of: self) ?? 0)
        return CalendarInvitation(
            method: self == .cancellation ? .cancel : .request, uid: "3f0c9c1e-8f6f-4c55-9d58-0f3a5a3c7e11", sequence: Int(place),
            start: self == .request ? friday : monday, minutes: self == .request ? 60 : 90,
            stamp: friday.advanced(byMilliseconds: (place - 21) * 86_400_000 + 999), organiser: CalendarScene.city,
            attendee: Known.partner)
    }

    static let city = OrganisationNumber("00000099000000001000")!
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Vectors/calendar")
}

@Suite("a meeting's invitation for a calendar") struct CalendarInvitationTests {
    private func lines(_ text: String) -> [String] {
        text.replacingOccurrences(of: "\r\n ", with: "").components(separatedBy: "\r\n").dropLast()
    }

    @Test(
        "request, update and cancellation are the published files, byte for byte", arguments: CalendarScene.allCases, ["march", "october"])
    func vectors(_ scene: CalendarScene, _ month: String) throws {
        let file = CalendarScene.folder.appendingPathComponent("\(scene.rawValue)-\(month).ics")
        if ProcessInfo.processInfo.environment["CONVENANT_WRITE_VECTORS"] == "1" {
            try Data(scene.invitation(in: month).text.utf8).write(to: file)
        }
        #expect(Array(scene.invitation(in: month).text.utf8) == Array(try Data(contentsOf: file)))
    }

    @Test("half past one in The Hague is another time in UTC before and after the clock changes")
    func daylightSaving() {
        func start(_ scene: CalendarScene, _ month: String) -> String? {
            lines(scene.invitation(in: month).text).first { $0.hasPrefix("DTSTART") }
        }
        #expect(start(.request, "march") == "DTSTART:20090327T123000Z" && start(.update, "march") == "DTSTART:20090330T113000Z")
        #expect(start(.request, "october") == "DTSTART:20091023T113000Z" && start(.update, "october") == "DTSTART:20091026T123000Z")
    }

    @Test("a meeting that lasts over the change of the clock ends when its minutes are over")
    func overTheChange() {
        let night = CalendarInvitation(
            method: .request, uid: "u", sequence: 0, start: Instant("2009-03-29T01:30:00+01:00"), minutes: 60,
            stamp: Instant("2009-03-01T00:00:00Z"), organiser: CalendarScene.city, attendee: Known.partner)
        #expect(lines(night.text).contains("DTSTART:20090329T003000Z") && lines(night.text).contains("DTEND:20090329T013000Z"))
    }

    @Test("it names no place, no case, no person and no content: these properties and no others")
    func properties() {
        for scene in CalendarScene.allCases {
            let names = lines(scene.invitation(in: "march").text).map { String($0.prefix { $0 != ":" && $0 != ";" }) }
            let last = scene == .cancellation ? "STATUS" : "COMMENT"
            #expect(
                names == [
                    "BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS",
                    "ORGANIZER", "ATTENDEE", last, "END", "END",
                ])
            #expect(!scene.invitation(in: "march").text.contains("http") && !scene.invitation(in: "march").text.contains("mailto"))
        }
    }

    @Test("the cancellation says so and counts on; it asks for no answer")
    func cancellation() {
        let lines = lines(CalendarScene.cancellation.invitation(in: "october").text)
        #expect(lines.contains("METHOD:CANCEL") && lines.contains("STATUS:CANCELLED") && lines.contains("SEQUENCE:2"))
    }

    @Test("no line has more than 75 octets, and no character is split, whatever the role is called", arguments: 0..<90)
    func folding(_ shift: Int) throws {
        let role = String(repeating: "a", count: shift) + String(repeating: "é€😀", count: 30)
        let invitation = CalendarInvitation(
            method: .request, uid: "u", sequence: 0, start: Known.now, minutes: 60, stamp: Known.now, organiser: CalendarScene.city,
            attendee: Known.partner, organiserRole: role)
        let physical = Array(invitation.text.utf8).split(separator: UInt8(ascii: "\n")).map { $0.dropLast() }
        #expect(physical.allSatisfy { $0.count <= 75 })
        #expect(physical.contains { $0.count >= 72 })
        #expect(physical.allSatisfy { String(validating: $0, as: UTF8.self) != nil })
        #expect(lines(invitation.text).contains("ORGANIZER;CN=\"\(role)\":urn:nld:oin:00000099000000001000"))
    }

    @Test("nothing that a caller passes can add a line, a parameter or a property")
    func injection() {
        let nasty = "a\"b;c,d\\e^f\r\nLOCATION:here\u{0}\u{85}"
        let invitation = CalendarInvitation(
            method: .cancel, uid: nasty, sequence: -4, start: Known.now, minutes: -5, stamp: Known.now, organiser: CalendarScene.city,
            attendee: Known.partner, organiserRole: nasty, attendeeRole: nasty)
        let lines = lines(invitation.text)
        #expect(lines.count == 17 && !lines.contains { $0.hasPrefix("LOCATION") })
        #expect(lines.contains("UID:a\"b\\;c\\,d\\\\e^f\\nLOCATION:here"))
        #expect(lines.contains("ORGANIZER;CN=\"a^'b;c,d\\e^^f^nLOCATION:here\":urn:nld:oin:00000099000000001000"))
        #expect(lines.contains("SEQUENCE:0") && invitation.minutes == 1)
    }
}
