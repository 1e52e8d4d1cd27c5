/// What is read aloud at the door before somebody answers, and stands on the card that stays behind, in the resident's language.
struct DoorstepText: Sendable {
    /// The version that stands beside each answer: another text is another version.
    static let version = "doorstep-2"
    /// The version that promises nothing about a no.
    private static let openVersion = "doorstep-2-open"
    /// Every version of which the words are still here, by whether it says that a no costs nothing.
    static let versions: [String: Bool] = [version: true, openVersion: false]

    /// Which version is read aloud.
    /// - Parameter isNoFree: whether a no costs nothing under the pack in force.
    static func versionRead(isNoFree: Bool) -> String { isNoFree ? version : openVersion }

    /// The language's code, as `lang` writes it.
    let language: String
    /// Its name in itself.
    let ownName: String
    var isRightToLeft = false
    /// `{organisation}` asks; `{municipality}` receives.
    let who: String
    let what: String
    /// What is told of everybody, as the beginning of a sentence.
    let about: String
    /// What else is told where it is filled in, by ``besidesTheName``.
    let told: [String: String]
    /// What stands between two of them.
    var between = ", "
    /// The end of the sentence; the domains come after it.
    let seen: String
    let choice: String
    /// The same where a no may have consequences.
    let openChoice: String
    let back: String
    let question: String
    /// What the code on the card is for.
    let confirm: String
    /// The names of the domains, by code.
    let domains: [String: String]

    static let all = [dutch, english, turkish, arabic]

    /// What is told besides names, birth dates and domains, where it is filled in, in the order in which it is read aloud.
    static let besidesTheName = [
        "identification.bsn", "contact.address", "contact.phone", "contact.safeWay", "household.members", "freeText",
    ]

    /// For the templates.
    /// - Parameters:
    ///   - organisation: who asks; nil where that is not known any more, and then the sentence is left out.
    ///   - isNoFree: whether it says that a no costs nothing, as its version has it.
    ///   - fields: what is asked, as ``SignalDraft/fields`` or a record of it names it; nil for a no, which is recorded without.
    func shown(organisation: String?, municipality: String, isNoFree: Bool, fields: [String]?) -> PageData {
        func filled(_ text: String) -> String {
            text.replacing("{organisation}", with: organisation ?? "").replacing("{municipality}", with: municipality)
        }
        let asked = fields ?? []
        var codes: [String] = []
        for path in asked where path.hasPrefix("domains.") {
            let code = String(path.dropFirst("domains.".count).prefix { $0 != "." })
            if !codes.contains(code) { codes.append(code) }
        }
        let names = codes.map { domains[$0] ?? $0 }
        let besides = Self.besidesTheName.filter { asked.contains($0) }.compactMap { told[$0] }
        let sentence = ([about] + besides).joined(separator: between) + seen
        return [
            "language": language, "direction": isRightToLeft ? "rtl" : "ltr", "who": filled(who), "hasWho": organisation != nil,
            "what": filled(what), "about": sentence, "hasAbout": fields != nil,
            "domains": names, "choice": filled(isNoFree ? choice : openChoice), "back": filled(back), "question": question,
            "confirm": filled(confirm),
        ]
    }

    static let dutch = DoorstepText(
        language: "nl", ownName: "Nederlands", who: "Ik werk bij {organisation}.",
        what: "Ik wil {municipality} vertellen dat u hulp kunt gebruiken. Dan kijkt het contactpunt wie u kan helpen.",
        about: "Ik geef door: uw naam en geboortedatum",
        told: [
            "identification.bsn": "uw burgerservicenummer",
            "contact.address": "uw adres", "contact.phone": "uw telefoonnummer", "contact.safeWay": "hoe u veilig te bereiken bent",
            "household.members": "wie er bij u wonen", "freeText": "wat ik er zelf bij schreef",
        ], seen: ", en wat ik zag over:",
        choice: "U mag ja of nee zeggen. Nee heeft geen gevolgen voor uw uitkering, woning of hulp.",
        openChoice: "U mag ja of nee zeggen. Vraag mij eerst wat een nee voor u betekent.",
        back: "U kunt uw ja altijd terugnemen. Bel of schrijf daarvoor {municipality}. U mag ook vragen wat er over u is bewaard.",
        question: "Vindt u dit goed?",
        confirm: "Hebt u ja gezegd? Bel {municipality} en noem deze code. Dan weten we dat het klopt. Bewaar dit kaartje.",
        domains: domainWords.reduce(into: [:]) { $0[String($1.key.dropFirst("domain-".count))] = $1.value.nl.lowercased() })

    static let english = DoorstepText(
        language: "en", ownName: "English", who: "I work for {organisation}.",
        what: "I would like to tell {municipality} that you could use some help. Its contact point will then see who can help you.",
        about: "I will pass on: your name and date of birth",
        told: [
            "identification.bsn": "your citizen service number",
            "contact.address": "your address", "contact.phone": "your telephone number",
            "contact.safeWay": "how you can be reached safely", "household.members": "who lives with you",
            "freeText": "a remark that I wrote myself",
        ], seen: ", and what I saw about:",
        choice: "You may say yes or no. Saying no has no effect on your benefit, your home or your help.",
        openChoice: "You may say yes or no. Ask me first what a no means for you.",
        back: "You can take back your yes at any time. Call or write to {municipality}. You may also ask what is kept about you.",
        question: "Do you agree?",
        confirm: "Did you say yes? Call {municipality} and say this code. Then we know that it is right. Keep this card.",
        domains: domainWords.reduce(into: [:]) { $0[String($1.key.dropFirst("domain-".count))] = $1.value.en.lowercased() })

    static let turkish = DoorstepText(
        language: "tr", ownName: "Türkçe", who: "{organisation} adına çalışıyorum.",
        what:
            "Yardıma ihtiyacınız olabileceğini {municipality} kurumuna bildirmek istiyorum. Başvuru noktası size kimin yardım edebileceğine bakar.",
        about: "Şunları bildiririm: adınız, doğum tarihiniz",
        told: [
            "identification.bsn": "vatandaş hizmet numaranız (BSN)",
            "contact.address": "adresiniz", "contact.phone": "telefon numaranız",
            "contact.safeWay": "size güvenli bir şekilde nasıl ulaşılacağı", "household.members": "sizinle birlikte kimlerin yaşadığı",
            "freeText": "kendi eklediğim açıklama",
        ], seen: " ve şu konularda gördüklerim:",
        choice: "Evet ya da hayır diyebilirsiniz. Hayır demenizin ödeneğinize, evinize veya aldığınız yardıma etkisi yoktur.",
        openChoice: "Evet ya da hayır diyebilirsiniz. Önce bana, hayır demenin sizin için ne anlama geldiğini sorun.",
        back:
            "Onayınızı her zaman geri alabilirsiniz. Bunun için {municipality} kurumunu arayın veya yazın. Hakkınızda ne saklandığını da sorabilirsiniz.",
        question: "Bunu kabul ediyor musunuz?",
        confirm:
            "Evet mi dediniz? {municipality} kurumunu arayın ve bu kodu söyleyin. Böylece bunun doğru olduğunu biliriz. Bu kartı saklayın.",
        domains: [
            "work": "iş", "income": "gelir", "debts": "borçlar", "learning": "okul ve öğrenme", "upbringing": "çocuk yetiştirme",
            "health": "sağlık", "psychological": "ruh sağlığı", "addiction": "bağımlılık", "wellbeing": "esenlik", "housing": "konut",
            "safety": "güvenlik", "crimeNuisance": "rahatsızlık ve polis", "socialParticipation": "topluma katılım",
            "languageIntegration": "dil ve uyum", "leisure": "boş zaman", "administration": "posta ve evrak işleri",
            "domesticViolence": "ev içi şiddet", "dayActivity": "gündüz etkinlikleri", "prevention": "önleme",
        ])

    static let arabic = DoorstepText(
        language: "ar", ownName: "العربية", isRightToLeft: true, who: "أنا أعمل لدى {organisation}.",
        what: "أريد أن أخبر {municipality} بأنكم قد تحتاجون إلى مساعدة. ثم تنظر نقطة الاتصال من يستطيع مساعدتكم.",
        about: "سأنقل: اسمكم وتاريخ ميلادكم",
        told: [
            "identification.bsn": "رقم خدمة المواطن (BSN)",
            "contact.address": "عنوانكم", "contact.phone": "رقم هاتفكم", "contact.safeWay": "كيفية الوصول إليكم بأمان",
            "household.members": "من يسكن معكم", "freeText": "ملاحظة كتبتها بنفسي",
        ], between: "، و", seen: "، وما رأيته بشأن:",
        choice: "يمكنكم أن تقولوا نعم أو لا. قول لا ليس له أي أثر على إعانتكم أو مسكنكم أو المساعدة التي تتلقونها.",
        openChoice: "يمكنكم أن تقولوا نعم أو لا. اسألوني أولا ماذا يعني قول لا بالنسبة إليكم.",
        back: "يمكنكم سحب موافقتكم في أي وقت. اتصلوا بـ {municipality} أو اكتبوا إليها. ويمكنكم أيضا أن تسألوا عما هو محفوظ عنكم.",
        question: "هل توافقون على ذلك؟",
        confirm: "هل قلتم نعم؟ اتصلوا بـ {municipality} واذكروا هذا الرمز. عندئذ نعرف أن ذلك صحيح. احتفظوا بهذه البطاقة.",
        domains: [
            "work": "العمل", "income": "الدخل", "debts": "الديون", "learning": "المدرسة والتعلم", "upbringing": "تربية الأطفال",
            "health": "الصحة", "psychological": "الصحة النفسية", "addiction": "الإدمان", "wellbeing": "الرفاه", "housing": "السكن",
            "safety": "الأمان", "crimeNuisance": "الإزعاج والشرطة", "socialParticipation": "المشاركة في المجتمع",
            "languageIntegration": "اللغة والاندماج", "leisure": "أوقات الفراغ", "administration": "البريد والأوراق",
            "domesticViolence": "العنف المنزلي", "dayActivity": "الأنشطة النهارية", "prevention": "الوقاية",
        ])
}
