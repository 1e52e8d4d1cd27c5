import Casework
import StrictJSON

@testable import Exchange

/// A body is taken, or every fault of it has a place, a code and a sentence; never neither.
func fuzzBodies(_ bytes: [UInt8]) {
    let body: JSONValue
    do { body = try parseJSON(bytes) } catch { return }
    let now = Instant(millisecondsSince1970: 1_795_262_400_000)
    check(body) { SignalFiling($0, acts: ["debtAssistanceAct"], at: now) }
    check(body) { ReferralRequest($0) }
}

private func check<Body>(_ body: JSONValue, _ read: (JSONReader) -> Body?) {
    do throws(DeskRefusal) {
        _ = try reading(body, read)
    } catch {
        guard case .invalidInput(let faults) = error else { return require(false, "another refusal than for the input") }
        require(!faults.isEmpty && faults.allSatisfy { !$0.code.isEmpty && !$0.detail.isEmpty }, "a refusal that does not say why")
    }
}
