import Crypto
import Foundation
import StrictJSON

/// The code on the card that stays behind at the door. With it the resident confirms later what somebody says that they agreed to.
///
/// Eight of thirty signs that are not mistaken for one another: 39 bits, which only those who work on the case can try.
public struct ConsentCard: Hashable, Sendable {
    private static let signs = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ")
    private let plain: String

    /// A new code.
    /// - Parameter random: 16 bytes that nobody can guess; of so many the remainders favour no sign that anybody could notice.
    public init(random: [UInt8]) {
        precondition(random.count == 16)
        var number = random.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        var plain = ""
        for _ in 0..<8 {
            plain.append(Self.signs[Int(number % UInt128(Self.signs.count))])
            number /= UInt128(Self.signs.count)
        }
        self.plain = plain
    }

    /// A code as somebody typed it; nil when it is none.
    public init?(_ text: String) {
        let plain = text.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        guard plain.count == 8, plain.allSatisfy(Self.signs.contains) else { return nil }
        self.plain = plain
    }

    /// As it is written on the card: `K7QP-2MXD`.
    public var text: String { plain.prefix(4) + "-" + plain.suffix(4) }

    /// What is kept of it: a keyed hash, bound to the person.
    func mac(of person: [UInt8], under key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: person + Array(plain.utf8), using: key))
    }
}

extension JSONReader {
    /// The code of a card that was left at the door.
    func card() -> ConsentCard? {
        guard let text = string(maxLength: 20) else { return nil }
        guard let card = ConsentCard(text) else {
            fault("invalid-code", "this is not the code of a card", hint: "eight signs, such as K7QP-2MXD, without 0, 1, I, L, O and U")
            return nil
        }
        return card
    }
}
