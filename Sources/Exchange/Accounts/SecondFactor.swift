import Casework
import Crypto
import Storage

/// Whether people must sign in with a second factor.
public enum SecondFactorRule: String, CaseIterable, Hashable, Sendable {
    /// Everybody; who has none yet can only enrol one.
    case required
    /// Who has enrolled one; others sign in with a password alone.
    case optional
}

/// What a sign-in rests on besides the password.
enum FactorProof: Hashable, Sendable {
    /// The account has no second factor.
    case none
    /// The code of this step of time.
    case step(Int64)
    /// A recovery code, by its keyed hash.
    case recovery([UInt8])

    /// In the log.
    var name: String {
        switch self {
        case .none: "none"
        case .step: "code"
        case .recovery: "recoveryCode"
        }
    }
}

/// Seals secrets and hashes recovery codes, under keys that stand apart from the database.
struct FactorKeys: Sendable {
    private let secrets: SymmetricKey
    private let codes: SymmetricKey
    private let subjects: SymmetricKey

    init(_ instance: VaultKey) {
        secrets = instance.derive("second-factor")
        codes = instance.derive("recovery-code")
        subjects = instance.derive("provider-subject")
    }

    func seal(_ secret: [UInt8], of account: AccountID) throws(DeskRefusal) -> [UInt8] {
        do { return try sealSecret(secret, id: account.bytes, under: secrets) } catch { throw .notDurable }
    }

    func open(_ sealed: [UInt8], of account: AccountID) throws(DeskRefusal) -> [UInt8] {
        do { return try openSecret(sealed, id: account.bytes, under: secrets) } catch { throw .notDurable }
    }

    /// The keyed hash of a recovery code, however it was typed.
    func mac(_ code: String, of account: AccountID) -> [UInt8] {
        let plain = code.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        return Array(HMAC<SHA256>.authenticationCode(for: account.bytes + Array(plain.utf8), using: codes))
    }

    /// The keyed hash of who somebody is at the provider; an issuer holds no line break.
    func mac(_ subject: ProvenSubject) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array((subject.issuer + "\n" + subject.subject).utf8), using: subjects))
    }

    /// What a code proves for an account's factor; nil when nothing. A recovery code is only known to be one within the commit that spends it.
    func proof(_ code: String?, factor: SecondFactorRow?, of account: AccountID, at now: Instant) throws(DeskRefusal) -> FactorProof? {
        guard let factor else { return FactorProof.none }
        guard let code else { return nil }
        let digits = code.filter { !$0.isWhitespace }
        guard digits.utf8.count == OneTimeCode.digits else { return .recovery(mac(code, of: account)) }
        let secret = try open(factor.secret, of: account)
        return OneTimeCode.matching(digits, secret: secret, at: now, after: factor.usedStep).map { .step($0) }
    }
}

extension Transaction {
    /// Spends what a sign-in rests on; false when it is spent already, or never was.
    func spend(_ proof: FactorProof, of account: AccountID) throws -> Bool {
        switch proof {
        case .none: try secondFactor(of: account) == nil
        case .step(let step): try useStep(step, of: account)
        case .recovery(let mac): try useRecoveryCode(mac, of: account)
        }
    }
}
