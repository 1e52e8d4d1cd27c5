import Casework
import Exchange

/// The whole text of a page: its template within the layout, in the visitor's language.
func layOut(_ page: Page, for visitor: Visitor) -> String {
    let words = Words.all(in: visitor.language)
    var shared: [String: Any] = [
        "w": words, "lang": visitor.language.rawValue, "title": words[page.title] ?? page.title,
        "formKey": visitor.secret.map(FormKey.key(for:)) ?? "", "account": visitor.member?.name ?? "",
    ]
    var own = page.data.merging(page.faults.shown(visitor.language)) { $1 }
    if let said = page.said { own["said"] = said }
    let content = PageTemplates.render(page.template, shared.merging(own) { $1 })
    let items = NavigationItem.offered(to: visitor.member?.role)
    shared["isSignedIn"] = visitor.member != nil
    shared["hasPassword"] = visitor.member?.hasPassword ?? false
    shared["navigation"] = items.map { item in
        ["path": item.path, "name": words[item.word] ?? item.word, "isHere": visitor.path == item.path] as [String: Any]
    }
    shared["hasNavigation"] = !items.isEmpty
    // What a form brought is gone when another page is shown, so the language is chosen where nothing was sent.
    shared["mayChooseLanguage"] = visitor.isLooking
    shared["back"] = visitor.path
    shared["languages"] = Language.allCases.filter { $0 != visitor.language }.map {
        ["code": $0.rawValue, "name": Words.text("language-name", in: $0)]
    }
    // Tables and things beside each other need more room than a form.
    shared["isWide"] = page.data["isWide"] ?? false
    shared["style"] = PageAsset.style.path
    shared["script"] = PageAsset.script.path
    shared["icon"] = PageAsset.icon.path
    shared["content"] = content
    return PageTemplates.render("layout", shared)
}
