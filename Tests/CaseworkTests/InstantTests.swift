import Casework
import Testing

@Suite("instants in RFC 3339") struct InstantTests {
    @Test(
        "good texts give the instant, and it is written in UTC with three decimals",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"),
            ("1970-01-01t00:00:00z", 0, "1970-01-01T00:00:00.000Z"),
            ("1985-04-12T23:20:50.52Z", 482_196_050_520, "1985-04-12T23:20:50.520Z"),
            ("1996-12-19T16:39:57-08:00", 851_042_397_000, "1996-12-20T00:39:57.000Z"),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130, "1937-01-01T11:40:27.870Z"),
            ("2026-11-21T09:24:29.123456789+01:00", 1_795_249_469_123, "2026-11-21T08:24:29.123Z"),
            ("2026-11-21T09:24:29.999999999Z", 1_795_253_069_999, "2026-11-21T09:24:29.999Z"),
            ("2026-11-21T09:24:29.1Z", 1_795_253_069_100, "2026-11-21T09:24:29.100Z"),
            ("2000-02-29T00:00:00-00:00", 951_782_400_000, "2000-02-29T00:00:00.000Z"),
            ("1969-12-31T23:59:59.9999Z", -1, "1969-12-31T23:59:59.999Z"),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            ("2026-01-01T00:00:00+23:59", 1_767_139_260_000, "2025-12-31T00:01:00.000Z"),
        ] as [(String, Int64, String)])
    func good(_ text: String, _ milliseconds: Int64, _ written: String) {
        #expect(Instant(rfc3339: text)?.millisecondsSince1970 == milliseconds)
        #expect(Instant(millisecondsSince1970: milliseconds).rfc3339 == written)
    }

    @Test(
        "bad texts are refused",
        arguments: [
            "", "2026", "2026-11-21", "2026-11-21T09:24Z", "2026-11-21T09:24:29", "2026-11-21 09:24:29Z", "2026-11-21T09:24:60Z",
            "2016-12-31T23:59:60Z", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-21T09:24:29.Z",
            "2026-11-21T09:24:29.1234567890Z", "2026-11-21T09:24:29,5Z", "2026-11-21T09:24:29+0100", "2026-11-21T09:24:29+01",
            "2026-11-21T09:24:29+24:00", "2026-11-21T09:24:29+01:60", "2026-11-21T09:24:29Z ", " 2026-11-21T09:24:29Z",
            "2026-11-21T09:24:29ZZ", "26-11-21T09:24:29Z", "02026-11-21T09:24:29Z", "+2026-11-21T09:24:29Z", "2026-1-21T09:24:29Z",
            "2026-11-21T9:24:29Z", "٢026-11-21T09:24:29Z", "2026/11/21T09:24:29Z", "2026-11-21T09:24:29.5", "20261121T092429Z",
            "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-11-21T09:24:29−01:00",
        ])
    func bad(_ text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("any instant of ten thousand years is written and read back the same")
    func roundTrip() {
        var random = SeededGenerator(state: 7)
        for _ in 0..<5_000 {
            let instant = Instant(millisecondsSince1970: .random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
            let text = instant.rfc3339
            #expect(text.utf8.count == 24)
            #expect(Instant(rfc3339: text) == instant)
        }
    }

    @Test("instants beyond four-digit years are written without failing, and are not read")
    func beyond() {
        #expect(Instant(millisecondsSince1970: 253_402_300_800_000).rfc3339 == "+10000-01-01T00:00:00.000Z")
        #expect(Instant(millisecondsSince1970: -62_167_219_200_001).rfc3339 == "-1-12-31T23:59:59.999Z")
        #expect(Instant(rfc3339: "+10000-01-01T00:00:00.000Z") == nil)
        for extreme in [Int64.min, .max] { #expect(Instant(rfc3339: Instant(millisecondsSince1970: extreme).rfc3339) == nil) }
    }
}
