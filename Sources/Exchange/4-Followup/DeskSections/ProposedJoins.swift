import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Untriaged signals that may be about a household which the desk knows: a person with the same citizen service number stands in another
    /// open case. At the top where that is one case only; where it is several, somebody has to look which.
    ///
    /// Found by the keyed HMAC of the number alone. Names and birth dates are not compared: nothing of them is stored but encrypted, and to
    /// compare them everybody's content would have to be opened. Nothing is joined by this.
    /// `[{signalId, casefileId, because: onlyCase | oneOfSeveral}]`.
    static let proposedJoins = DeskSection(name: "proposedJoins") { transaction, page in
        let proposals = try transaction.joinProposals(limit: page.limit)
        let counts = Dictionary(grouping: proposals, by: \.signal).mapValues(\.count)
        let (only, several) = (proposals.filter { counts[$0.signal] == 1 }, proposals.filter { counts[$0.signal] != 1 })
        return page.list(only + several) {
            [
                "signalId": .string($0.signal.description), "casefileId": .string($0.casefile.description),
                "because": .string(counts[$0.signal] == 1 ? "onlyCase" : "oneOfSeveral"),
            ]
        }
    }
}
