import Casework

/// A household that exists nowhere: invented names, invented streets, numbers of the range for tests.
struct YearHousehold: Hashable, Sendable {
    struct Person: Hashable, Sendable {
        let given: String
        let prefix: String?
        let family: String
        let birthYear: Int
        /// Of the range 9999…, and passes the eleven test; nil when the filer does not know it.
        let bsn: String?
        /// Says no to every sharing: nothing about this person comes in.
        let refuses: Bool
    }
    let persons: [Person]
    let street: String
    let houseNumber: String
    let phone: String
    /// Four digits of a postcode.
    let area: String

    /// The household of the case of this number.
    init(case number: Int, seed: Int) {
        var numbers = SeededNumbers(seed: seed, number)
        let (prefix, family) = numbers.one(of: Self.families)
        var persons = [
            Person(
                given: numbers.one(of: Self.givens), prefix: prefix, family: family, birthYear: numbers.number(in: 1935...1988),
                bsn: Self.bsn(number + 1_000 * (abs(seed) % 7)), refuses: false)
        ]
        for _ in 0..<numbers.one(of: [0, 0, 0, 1, 1, 2]) {
            persons.append(
                Person(
                    given: numbers.one(of: Self.givens), prefix: prefix, family: family, birthYear: numbers.number(in: 1940...1990),
                    bsn: nil,
                    refuses: numbers.chance(15)))
        }
        self.persons = persons
        street = numbers.one(of: Self.streets)
        houseNumber = String(numbers.number(in: 900...1_999))
        phone = "070-555\(1_000 + number)"
        area = numbers.one(of: Self.areas)
    }

    /// The place-th number of the range for tests (9999…) that passes the eleven test; UAVG 46 is met, since nobody has it.
    private static func bsn(_ place: Int) -> String? {
        place < numbers.count ? numbers[place] : nil
    }
    private static let numbers = (999_900_000...999_999_999).map { String($0) }.filter { CitizenServiceNumber($0) != nil }

    private static let givens = [
        "Marieke", "Joost", "Fatima", "Willem", "Aisha", "Hendrik", "Sanne", "Mehmet", "Ria", "Kees", "Latifa", "Jeroen", "Anneke", "Radj",
        "Wilma", "Dirk", "Yasmin", "Theo", "Indra", "Corrie", "Samuel", "Ingrid", "Bilal", "Truus", "Milan", "Ewa", "Piotr", "Soraya",
    ]
    private static let families: [(String?, String)] = [
        (nil, "Vermeulen"), ("de", "Bruijn"), ("van 't", "Hof"), (nil, "El Amrani"), (nil, "Özdemir"), (nil, "Jansen"),
        ("van der", "Linden"),
        (nil, "Ramdin"), (nil, "Kowalczyk"), ("de", "Wit"), (nil, "Martina"), (nil, "Bakker"), ("van", "Duinen"), (nil, "Yılmaz"),
        (nil, "Smulders"), (nil, "Haddou"), ("ter", "Horst"), (nil, "Sewnandan"), (nil, "Visser-Blom"), (nil, "O'Neill"),
    ]
    private static let streets = [
        "Verzonnenlaan", "Fictiestraat", "Bedachtekade", "Proefplein", "Voorbeeldsingel", "Nergenshof", "Zogenaamdpad", "Schijnbaarweg",
    ]
    private static let areas = ["2511", "2512", "2525", "2531", "2533", "2541", "2544", "2562", "2571", "2572"]
}
