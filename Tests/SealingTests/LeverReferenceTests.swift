import Casework
import Crypto
import Sealing
import Testing

@Suite("A lever as one partner knows it")
struct LeverReferenceTests {
    private let key = SymmetricKey(data: Array(0..<32) as [UInt8])

    @Test(
        "as Python's hmac and uuid make it",
        arguments: [
            ("00000099000000002000", "932348a6-38a7-8899-8447-149bf7c0b1e2"),
            ("00000099000000003000", "80d8036d-37e8-8c93-b75f-8c0f4ff84e40"),
        ])
    func vector(_ partner: String, _ expected: String) throws {
        let lever = try #require(LeverID("01970000-0000-7000-8000-000000000007"))
        let oin = try #require(OrganisationNumber(partner))
        #expect(LeverReferenceID(lever, for: oin, under: key).description == expected)
        #expect(LeverReferenceID(lever, for: oin, under: SymmetricKey(size: .bits256)).description != expected)
    }
}
