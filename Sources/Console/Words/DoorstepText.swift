/// What is read aloud at the door before somebody answers, and stands on the card that stays behind, in the resident's language.
struct DoorstepText: Sendable {
    /// The version that stands beside each answer: another text is another version.
    static let version = "doorstep-1"
    /// The language's code, as `lang` writes it.
    let language: String
    /// Its name in itself.
    let ownName: String
    var isRightToLeft = false
    /// `{organisation}` asks; `{municipality}` receives.
    let who: String
    let what: String
    let about: String
    let contact: String
    let choice: String
    let back: String
    let question: String
    /// What the code on the card is for.
    let confirm: String
    /// The names of the domains, by code.
    let domains: [String: String]

    static let all = [dutch, english, turkish, arabic]

    /// For the templates.
    func shown(organisation: String, municipality: String, domains codes: [String], withAddress: Bool) -> PageData {
        func filled(_ text: String) -> String {
            text.replacing("{organisation}", with: organisation).replacing("{municipality}", with: municipality)
        }
        let names = codes.map { domains[$0] ?? $0 } + (withAddress ? [contact] : [])
        return [
            "language": language, "direction": isRightToLeft ? "rtl" : "ltr", "who": filled(who), "what": filled(what), "about": about,
            "domains": names, "choice": filled(choice), "back": filled(back), "question": question,
            "confirm": filled(confirm),
        ]
    }

    static let dutch = DoorstepText(
        language: "nl", ownName: "Nederlands", who: "Ik werk bij {organisation}.",
        what: "Ik wil {municipality} vertellen dat u hulp kunt gebruiken. Dan kijkt het contactpunt wie u kan helpen.",
        about: "Ik geef door: uw naam en geboortedatum, en wat ik zag over:", contact: "uw adres of telefoonnummer",
        choice: "U mag ja of nee zeggen. Nee heeft geen gevolgen voor uw uitkering, woning of hulp.",
        back: "U kunt uw ja altijd terugnemen. Bel of schrijf daarvoor {municipality}. U mag ook vragen wat er over u is bewaard.",
        question: "Vindt u dit goed?",
        confirm: "Hebt u ja gezegd? Bel {municipality} en noem deze code. Dan weten we dat het klopt. Bewaar dit kaartje.",
        domains: domainWords.reduce(into: [:]) { $0[String($1.key.dropFirst("domain-".count))] = $1.value.nl.lowercased() })

    static let english = DoorstepText(
        language: "en", ownName: "English", who: "I work for {organisation}.",
        what: "I would like to tell {municipality} that you could use some help. Its contact point will then see who can help you.",
        about: "I will pass on: your name and date of birth, and what I saw about:", contact: "your address or telephone number",
        choice: "You may say yes or no. Saying no has no effect on your benefit, your home or your help.",
        back: "You can take back your yes at any time. Call or write to {municipality}. You may also ask what is kept about you.",
        question: "Do you agree?",
        confirm: "Did you say yes? Call {municipality} and say this code. Then we know that it is right. Keep this card.",
        domains: domainWords.reduce(into: [:]) { $0[String($1.key.dropFirst("domain-".count))] = $1.value.en.lowercased() })

    static let turkish = DoorstepText(
        language: "tr", ownName: "Türkçe", who: "{organisation} adına çalışıyorum.",
        what:
            "Yardıma ihtiyacınız olabileceğini {municipality} kurumuna bildirmek istiyorum. Başvuru noktası size kimin yardım edebileceğine bakar.",
        about: "Şunları bildiririm: adınız, doğum tarihiniz ve şu konularda gördüklerim:", contact: "adresiniz veya telefon numaranız",
        choice: "Evet ya da hayır diyebilirsiniz. Hayır demenizin ödeneğinize, evinize veya aldığınız yardıma etkisi yoktur.",
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
        about: "سأنقل: اسمكم وتاريخ ميلادكم، وما رأيته بشأن:", contact: "عنوانكم أو رقم هاتفكم",
        choice: "يمكنكم أن تقولوا نعم أو لا. قول لا ليس له أي أثر على إعانتكم أو مسكنكم أو المساعدة التي تتلقونها.",
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
