import Casework
import ConvenantTestSupport
import Disclosure
import Foundation
import Testing

@testable import Console

@Suite("what the pages are made of")
struct PageTests {
    @Test("every word that a template asks for was written, in both languages")
    func words() throws {
        for (name, bytes) in PageTemplates.sources {
            let text = String(decoding: bytes, as: UTF8.self)
            for match in text.matches(of: /w\.([a-zA-Z0-9-]+)/) {
                #expect(Words.has(String(match.output.1)), "the template `\(name)` asks for `\(match.output.1)`")
            }
        }
        for (key, phrase) in Words.phrases { #expect(!phrase.nl.isEmpty && !phrase.en.isEmpty, "`\(key)`") }
        for item in navigation { #expect(Words.has(item.word) && Words.has(item.explanation)) }
        for field in DoorstepText.besidesTheName {
            #expect(FieldName(path: field) != nil, "`\(field)`")
            for text in DoorstepText.all { #expect(text.told[field]?.isEmpty == false, "\(text.language) \(field)") }
        }
        for domain in LifeDomain.allCases {
            #expect(Words.has("domain-\(domain.rawValue)"))
            for text in DoorstepText.all { #expect(text.domains[domain.rawValue]?.isEmpty == false, "\(text.language) \(domain.rawValue)") }
        }
    }

    @Test("every template that there is, is known by its name")
    func templatesAreKnown() throws {
        let console = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Sources/Console")
        let files = try #require(FileManager.default.enumerator(at: console, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
        let names = files.filter { $0.pathExtension == "mustache" }.map { $0.deletingPathExtension().lastPathComponent }
        #expect(Set(names) == Set(PageTemplates.sources.keys))
    }

    @Test("only the layout shows anything unescaped, and no page has style or script of its own")
    func templatesAreSafe() {
        for (name, bytes) in PageTemplates.sources {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains("{{&") && !(text.contains("{{{") && name != "layout"), "`\(name)`")
            #expect(!text.contains("style=") && !text.contains("<style") && text.firstMatch(of: /\son[a-z]+=/) == nil, "`\(name)`")
            #expect(!text.contains("<form method=\"post\"") || text.contains("{{>form}}"), "a form of `\(name)` has no key")
        }
    }

    @Test(
        "whatever stands in a value, no markup comes of it",
        arguments: [
            "<b>x</b>", "\"> <script>", "'\u{301} onfocus=x", "\"\u{301} autofocus", "<\u{338}b>", "&\u{20D7}lt;", "a\u{200D}\"\u{200D}b",
        ])
    func escaping(_ value: String) {
        let field = Field(name: "family", label: "person-family", value: value).shown(.nl)
        let text = PageTemplates.render("field", field)
        let plain = PageTemplates.render("field", Field(name: "family", label: "person-family", value: "x").shown(.nl))
        func marks(_ text: String) -> [Unicode.Scalar] { text.unicodeScalars.filter { ["<", "\"", "'"].contains($0) } }
        #expect(marks(text) == marks(plain))
    }

    @Test(
        "names come out as they were typed",
        arguments: ["O'Brien", "’t Hof", "Çelik-Öz", "van der Ö", "X", "Nguyễn", "Łuczak", "e\u{301}e\u{301}n"])
    func names(_ name: String) throws {
        let form = try #require(FormFields(encoded: "family=" + (name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")))
        #expect(Array(form["family"].unicodeScalars) == Array(name.unicodeScalars))
        let shown = PageTemplates.showable(name) as? String
        #expect(shown.map { Array($0.unicodeScalars) } == Array(name.unicodeScalars))
    }

    @Test("a birth date may have unknown parts, and is a date")
    func birthDates() {
        #expect(birthDate(day: "7", month: "3", year: "1968") == "1968-03-07")
        #expect(birthDate(day: "", month: "3", year: "1968") == "1968-03" && birthDate(day: "", month: "", year: "1968") == "1968")
        #expect(birthDate(day: "", month: "", year: "") == "unknown")
        let wrong = [("30", "2", "1968"), ("7", "", "1968"), ("7", "3", ""), ("7", "3", "68"), ("x", "3", "1968"), ("1", "13", "2000")]
        for (day, month, year) in wrong {
            #expect(birthDate(day: day, month: month, year: year) == nil)
        }
        #expect(PageTime.birth("1968-03-07", .nl) == "7 maart 1968" && PageTime.birth("unknown", .nl) == "onbekend")
    }

    @Test("a Dutch postcode is written in one way, one of elsewhere stays as it is, and a slip is neither")
    func postcodes() {
        for text in ["2512AB", "2512 ab", " 25 12AB", "2512-AB"] { #expect(postcode(text) == "2512 AB", "\(text)") }
        for text in ["", "2000", "B-2000", "10115", "SW1A 1AA", "L-1616"] { #expect(postcode(text) == text, "\(text)") }
        for text in ["2512 A", "2512 ABC", "0512 AB", "25", "Teststad", "2512 AB!", "<b>12"] { #expect(postcode(text) == nil, "\(text)") }
    }

    @Test("a telephone number is one that can be rung")
    func telephones() {
        for text in ["0612345678", "06-12345678", "(070) 555 01 99", "+31 6 12345678", "+32 2 555 12 12", "0049 30 123456"] {
            #expect(isTelephone(text), "\(text)")
        }
        for text in ["", "061234567", "06123456789", "5550199", "06-12345678 of 06-87654321", "+31", "geen", "06+12345678"] {
            #expect(!isTelephone(text), "\(text)")
        }
    }

    @Test("a form that no browser would send is none")
    func forms() {
        #expect(FormFields(encoded: "a=1&a=2&b=x+y%26z")?.all("a") == ["1", "2"])
        #expect(FormFields(encoded: "a=1&b=x+y%26z")?["b"] == "x y&z")
        #expect(FormFields(encoded: "a=%FF") == nil && FormFields(encoded: "a=%zz") == nil)
        #expect(FormFields(encoded: String(repeating: "a=1&", count: 1_001)) == nil)
    }

    @Test("a form goes back to no address but ours")
    func ownPaths() {
        #expect(isOwnPath("/signals/consent/1"))
        for path in ["//evil.example", "https://evil.example", "/\\evil", "signals", "", "/a?b=c", "/%2F"] { #expect(!isOwnPath(path)) }
        let kept = KeptForm(path: "//evil.example", form: FormFields(pairs: [("a", "1")]))
        #expect(KeptForm(kept.text) == nil)
        let own = KeptForm(path: "/signals/concerns", form: FormFields(pairs: [("a", "1\n2"), ("key", "secret")]))
        #expect(KeptForm(own.text)?.form == FormFields(pairs: [("a", "1\n2")]), "its key is not kept")
    }

    @Test("a form's key is the cookie's alone")
    func formKeys() {
        let form = FormFields(pairs: [("key", FormKey.key(for: "mine"))])
        #expect(FormKey.holds(form, secret: "mine"))
        #expect(!FormKey.holds(form, secret: "another") && !FormKey.holds(form, secret: nil) && !FormKey.holds(form, secret: ""))
        #expect(!FormKey.holds(.none, secret: "mine"))
    }
}
