import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Untriaged signals that may be about a household which the desk knows: a person with the same citizen service number stands in another
    /// case. At the top where that is one open case only; where it is several, somebody has to look which. Below them closed cases, so long as
    /// somebody of them is kept: the household was here before (R38). To such a case nothing is joined.
    ///
    /// Found by the keyed HMAC of the number alone. Names and birth dates are not compared: nothing of them is stored but encrypted, and to
    /// compare them everybody's content would have to be opened. Nothing is joined by this.
    /// `[{signalId, casefileId, because: onlyCase | oneOfSeveral | closedCase}]`.
    static let proposedJoins = DeskSection(name: "proposedJoins") { transaction, page in
        let proposals = try transaction.joinProposals(limit: page.limit)
        let open = proposals.filter { $0.state == .open }
        let counts = Dictionary(grouping: open, by: \.signal).mapValues(\.count)
        let (only, several) = (open.filter { counts[$0.signal] == 1 }, open.filter { counts[$0.signal] != 1 })
        return page.list(only + several + proposals.filter { $0.state == .closed }) {
            [
                "signalId": .string($0.signal.description), "casefileId": .string($0.casefile.description),
                "because": .string($0.state == .closed ? "closedCase" : counts[$0.signal] == 1 ? "onlyCase" : "oneOfSeveral"),
            ]
        }
    }
}
