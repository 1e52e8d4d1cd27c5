import Crypto
import Testing

@testable import Console

@Suite("the QR code of enrolment")
struct QRCodeTests {
    private func rows(_ text: String) -> [String]? {
        QRCode(text).map { code in (0..<code.side).map { row in String((0..<code.side).map { code[row, $0] ? "#" : "." }) } }
    }

    @Test("the smallest code is the one that a telephone reads")
    func smallest() {
        #expect(
            rows("a") == [
                "#######..#.##.#######", "#.....#.#.##..#.....#", "#.###.#.##.#..#.###.#", "#.###.#.#.##..#.###.#",
                "#.###.#..#..#.#.###.#", "#.....#...##..#.....#", "#######.#.#.#.#######", "........##...........",
                "#.....#.#.##.##..###.", "#..##......###.###..#", "..#.###..##.#.##.....", ".#.#.#.##..#####.#.#.",
                "##.#..####.##########", "........##..#.....#.#", "#######..###.#..####.", "#.....#...#...#...###",
                "#.###.#..###.#..###..", "#.###.#..#.#####.#...", "#.###.#..#.###.###.##", "#.....#...######.#...",
                "#######.#.#.#..#..##.",
            ])
    }

    /// Digests of codes that zxing-cpp 3.1.1 read back to these texts: with one block and with several, with and without a version in it.
    @Test(
        "codes of several versions are as they were when another program read them",
        arguments: [
            (
                "otpauth://totp/Teststad:worker?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Teststad", 41,
                "ba48dd2dfa67399d4f3669b1908640172a4019dbdebe01f3219822eaeb2f6818"
            ),
            (String(repeating: "Çelik’s sleutel ", count: 8), 49, "9101d17bcd9a902e1cb3e6652a95a582e1984ffbc71d4f538757e4754148f47a"),
            (String(repeating: "0123456789", count: 21), 57, "4b945d6a12b01a29d921bf9fec46b4b2e2ff2e7e06777c753f286f9da9acfefe"),
            (String(repeating: "abcdefghij", count: 41) + "kl", 77, "3096d91064a3dd4835999fd9a8b401bdecd8b48c6a5efc1a73462142d4da47f3"),
        ])
    func versions(_ text: String, _ side: Int, _ digest: String) throws {
        let found = try #require(rows(text))
        #expect(found.count == side)
        #expect(SHA256.hash(data: Array(found.joined(separator: "\n").utf8)).hexadecimal == digest)
    }

    @Test("a text that is too long has no code, and is typed instead")
    func tooLong() { #expect(QRCode(String(repeating: "x", count: 413)) == nil) }
}
