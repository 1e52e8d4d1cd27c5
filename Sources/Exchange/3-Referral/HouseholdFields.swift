import Casework
import Disclosure
import Storage

extension [PersonRow] {
    /// About whom of everybody whom a case shows what was filed with one part of it tells, where it concerns the household as a whole: about
    /// everybody who was filed with that part, the erased included; where nobody was, about all of them.
    func toldOf(by part: CasefileID) -> Set<PersonID> {
        let filedWithIt = filter { $0.casefile == part }
        return Set((filedWithIt.isEmpty ? self : filedWithIt).map(\.id))
    }
}

extension DisclosureQuestion {
    /// The same question, which says whether it is about everybody of whom the household's own fields tell in at least one part of a case.
    /// - Parameter household: everybody whom the case shows, the erased too.
    func asked(among household: [PersonRow]) -> DisclosureQuestion {
        var question = self
        question.isAboutEverybody = household.contains { household.toldOf(by: $0.casefile).isSubset(of: subjects) }
        return question
    }
}
