/// One invitation to a meeting as an iCalendar object (RFC 5545) with a scheduling method (RFC 5546), for exactly one attendee.
///
/// A calendar shows what it holds to colleagues, assistants and telephones. So the title is "Overleg" and nothing else says what the meeting
/// is about: no place, no description, no case. Organiser and attendee are roles, addressed by organisation number; a calendar cannot
/// send a reply to such an address, and the answer goes by the API.
public struct CalendarInvitation: Hashable, Sendable {
    /// What the object asks the calendar to do (RFC 5546 §3.2).
    public enum Method: String, CaseIterable, Hashable, Sendable {
        /// Enter the meeting, or move it: an update is a request with the same UID and a higher sequence.
        case request = "REQUEST"
        /// Take it out, also with a higher sequence.
        case cancel = "CANCEL"
    }

    public let method: Method
    /// Names the meeting in this one attendee's calendar and in no other: random, without meaning.
    public let uid: String
    /// 0 for the first request, one more for each update and for the cancellation.
    public let sequence: Int
    public let start: Instant
    /// How long it takes; at least one minute.
    public let minutes: Int
    /// When this version was made.
    public let stamp: Instant
    public let organiser: OrganisationNumber
    /// The organiser's role.
    public let organiserRole: String
    public let attendee: OrganisationNumber
    /// The attendee's role.
    public let attendeeRole: String

    /// - Parameters:
    ///   - uid: random and for this attendee alone; the same in every version.
    ///   - sequence: a negative number counts as 0.
    ///   - minutes: fewer than 1 count as 1.
    ///   - organiserRole: a role, never a person's name.
    ///   - attendeeRole: a role, never a person's name.
    public init(
        method: Method, uid: String, sequence: Int, start: Instant, minutes: Int, stamp: Instant, organiser: OrganisationNumber,
        attendee: OrganisationNumber, organiserRole: String = "Voorzitter MDA", attendeeRole: String = "Genodigde"
    ) {
        self.method = method
        self.uid = uid
        self.sequence = max(0, sequence)
        self.start = start
        self.minutes = max(1, minutes)
        self.stamp = stamp
        self.organiser = organiser
        self.organiserRole = organiserRole
        self.attendee = attendee
        self.attendeeRole = attendeeRole
    }

    /// The iCalendar object: UTF-8, CRLF after every line, no line longer than 75 octets.
    public var text: String {
        let end = start.advanced(byMilliseconds: Int64(minutes) * 60_000)
        var lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Convenant//Convenant 1//NL", "METHOD:\(method.rawValue)", "BEGIN:VEVENT",
            "UID:\(escaped(uid))", "SEQUENCE:\(sequence)", "DTSTAMP:\(utc(stamp))", "DTSTART:\(utc(start))", "DTEND:\(utc(end))",
            "SUMMARY:Overleg", "CLASS:CONFIDENTIAL", "ORGANIZER;CN=\(quoted(organiserRole)):urn:nld:oin:\(organiser)",
            "ATTENDEE;CN=\(quoted(attendeeRole));PARTSTAT=NEEDS-ACTION;RSVP=FALSE:urn:nld:oin:\(attendee)",
        ]
        switch method {
        case .request: lines.append("COMMENT:" + escaped("Antwoorden kan via de API van het contactpunt, niet vanuit de agenda."))
        case .cancel: lines.append("STATUS:CANCELLED")
        }
        lines += ["END:VEVENT", "END:VCALENDAR"]
        return lines.map { folded($0) + "\r\n" }.joined()
    }
}

/// `YYYYMMDDTHHMMSSZ` (RFC 5545 §3.3.5, form 2); what is below the second is dropped.
private func utc(_ instant: Instant) -> String {
    instant.rfc3339.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
}

/// A TEXT value (RFC 5545 §3.3.11); control characters, which no value may hold, are left out.
private func escaped(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\", ";", ",": out += ["\\", scalar]
        case "\n": out += ["\\", "n"]
        case _ where isControl(scalar): break
        default: out.append(scalar)
        }
    }
    return String(out)
}

/// A parameter value in quotes (RFC 5545 §3.2), with the quote itself, the caret and line ends written as RFC 6868 has them.
private func quoted(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "^": out += ["^", "^"]
        case "\"": out += ["^", "'"]
        case "\n": out += ["^", "n"]
        case _ where isControl(scalar): break
        default: out.append(scalar)
        }
    }
    return "\"\(String(out))\""
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value }

/// A content line in pieces of at most 75 octets, each next one after CRLF and a space (RFC 5545 §3.1); no character is split.
private func folded(_ line: String) -> String {
    var out = ""
    var octets = 0
    for scalar in line.unicodeScalars {
        let length = UTF8.width(scalar)
        if octets + length > 75 {
            out += "\r\n "
            octets = 1
        }
        out.unicodeScalars.append(scalar)
        octets += length
    }
    return out
}
