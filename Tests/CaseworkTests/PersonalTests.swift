import Casework
import Testing

/// Numbers beginning with 9999 are given to nobody; made-up days of birth.
@Suite("citizen service numbers and birth dates") struct PersonalTests {
    @Test(
        "numbers that pass the eleven test are taken",
        arguments: ["999990007", "999990019", "999990020", "999990032", "999990044", "999991012", "999999990", "000000012"])
    func passes(_ text: String) {
        #expect(CitizenServiceNumber(text)?.digits == text)
    }

    @Test(
        "other numbers and texts are refused",
        arguments: [
            "999990018", "999990091", "999990010", "999999999", "000000000", "99999001", "9999900190", "", "99999001a", " 99999001",
            "999.990.01",
            "٩99990019", "+99990019",
        ])
    func refused(_ text: String) {
        #expect(CitizenServiceNumber(text) == nil)
    }

    @Test("of each ten numbers that differ in one digit only one passes")
    func oneDigit() {
        for position in 0..<9 {
            var text = Array("999990019")
            let passing = (0...9).filter { digit in
                text[position] = Character(String(digit))
                return CitizenServiceNumber(String(text)) != nil
            }
            #expect(passing.count == 1)
        }
    }

    @Test("neither printing, interpolating, dumping nor mirroring shows a number or a birth date")
    func withheld() throws {
        let number = try #require(CitizenServiceNumber("999990019"))
        let birth = try #require(BirthDate("1968-05-17"))
        var shown = "\(number) \(birth) " + String(reflecting: number) + String(reflecting: birth) + String(describing: [number])
        shown += "\(Optional(number) as Any) \((number, birth)) \([birth: number])"
        dump(number, to: &shown)
        dump([birth], to: &shown)
        let children = Mirror(reflecting: number).children.count + Mirror(reflecting: birth).children.count
        #expect(children == 0)
        let tells = shown.contains("99999") || shown.contains("0019") || shown.contains("1968") || shown.contains("17")
        #expect(!tells)
        #expect(shown.hasPrefix("BSN withheld birth date withheld"))
    }

    @Test(
        "birth dates are read and written as exactly as they are known",
        arguments: [
            ("1968-05-17", BirthDate.Precision.day), ("1968-05", .month), ("1968", .year), ("unknown", .unknown), ("2000-02-29", .day),
            ("1968-12", .month), ("0001", .year),
        ])
    func birthDate(_ text: String, _ precision: BirthDate.Precision) throws {
        let date = try #require(BirthDate(text))
        #expect(date.text == text)
        #expect(date.precision == precision)
    }

    @Test(
        "other texts are no birth date",
        arguments: [
            "", "0000", "0000-00-00", "1968-00-00", "1968-05-00", "1968-00", "1968-13", "1968-05-32", "1900-02-29", "1968-2", "68",
            "19680517",
            "17-05-1968", "Unknown", "unknown ", "1968-", "1968-05-", "19 8", "1968-05-17T00:00:00Z", "+968",
        ])
    func noBirthDate(_ text: String) {
        #expect(BirthDate(text) == nil)
    }

    @Test(
        "ages are those the known parts allow",
        arguments: [
            ("1968-05-17", "2026-05-16", 57...57), ("1968-05-17", "2026-05-17", 58...58), ("1968-05", "2026-05-16", 57...58),
            ("1968-05", "2026-05-31", 58...58), ("1968-05", "2026-04-30", 57...57), ("1968", "2026-07-01", 57...58),
            ("1968", "2026-12-31", 58...58),
            ("2008-02-29", "2026-02-28", 17...17), ("2008-02-29", "2026-03-01", 18...18), ("2026", "2026-06-01", 0...0),
            ("unknown", "2026-06-01", nil),
            ("2027", "2026-06-01", nil),
        ] as [(String, String, ClosedRange<Int>?)])
    func ages(_ birth: String, _ on: String, _ ages: ClosedRange<Int>?) throws {
        #expect(try #require(BirthDate(birth)).ages(on: try #require(CalendarDate(on))) == ages)
    }
}
