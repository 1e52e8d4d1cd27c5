import Foundation
import Testing

@testable import JOSE

@Suite("base64url has one text for every byte string")
struct Base64URLTests {
    @Test("every length comes back, and agrees with Foundation", arguments: 0..<70)
    func roundTrip(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
        let text = Base64URL.string(bytes)
        let other = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        #expect(text == other.replacingOccurrences(of: "=", with: ""))
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(
        "padding, white space, the other alphabet, half characters and stray bits are refused",
        arguments: ["AA==", "AAA=", "A", "AAAAA", "AB", "AAB", "A A", "AAA\n", "++++", "////", "AA.A", "ÀAA"])
    func refused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
