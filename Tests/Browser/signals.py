"""Filing a signal: by keyboard on a telephone, without script, twice at once, refused, and after the session has ended."""

from __future__ import annotations

from house import Visit

FAMILY = "O'Brien-Çelik"


def by_keyboard(visit: Visit) -> None:
    """From the sign-in page to "my signals", without a pointer."""
    page = visit.page
    visit.open("/")
    visit.look("sign-in", dark=True)
    visit.type_in("#account", "intermediary-1")
    visit.type_in("#password", "wrong")
    visit.enter("main form button")
    visit.expect(page.locator("[role=alert]").count() == 1, "a wrong password is told")
    visit.look("sign-in-refused")
    visit.type_in("#account", "")
    visit.type_in("#password", visit.house.passwords["intermediary-1"])
    visit.enter("main form button")
    visit.look("home")
    visit.enter("ul.doors a[href='/signals/new']")
    visit.look("signal-new")
    visit.enter("main form button")
    visit.expect(page.locator(".fault").count() == 1, "a question that was not answered is asked again")
    visit.look("signal-new-fault")
    visit.tab_to("#danger")
    visit.tick("#danger")
    visit.enter("main form button")
    visit.look("signal-danger", dark=True)
    visit.enter("a[href='/signals/whom']")
    visit.look("signal-whom")
    choose(visit, "#knows", 1)
    visit.enter("main form button")
    visit.enter("main form button")
    visit.look("signal-may-i-fault")
    visit.tick("#capacity")
    visit.tick("[name=domains][value=debts]")
    visit.tick("[name=domains][value=housing]")
    visit.tick("#consent")
    visit.look("signal-may-i", dark=True)
    visit.enter("main form button:not([value])")
    visit.expect("u mag dit melden" in page.inner_text("h1"), "the gate says yes to a helper whose resident agrees")
    visit.look("signal-answer")
    visit.enter("button[value=yes]")
    visit.enter("button[value=next]")
    visit.look("signal-people-fault")
    visit.type_in("#family", FAMILY)
    visit.type_in("#year", "1968")
    visit.type_in("#street", "Kwikstaartpad")
    visit.type_in("#houseNumber", "71")
    visit.type_in("#place", "Den Haag")
    visit.type_in("#safeWay", "Alleen overdag bellen; <b>geen</b> brief")
    visit.enter("button[value=another]")
    visit.expect(page.locator(f"text={FAMILY}").count() > 0, "a name with an apostrophe, a hyphen and a cedilla comes out unharmed")
    visit.look("signal-people-two")
    open_details(visit)
    visit.type_in("#given", "Ö")
    visit.type_in("#prefix", "van der")
    visit.type_in("#family", "Berg")
    visit.tick("#adult")
    visit.enter("button[value=next]")
    visit.look("signal-concerns", dark=True)
    visit.type_in("#observation-debts", "Ongeopende post op tafel.")
    visit.tick("#how-debts")
    visit.enter("main form button")
    visit.look("signal-consent")
    read = page.inner_text("section.card")
    visit.expect("uw adres, hoe u veilig te bereiken bent, wie er bij u wonen, en wat ik zag over:" in read, "all that is told is read aloud")
    visit.expect("telefoonnummer" not in read, "and nothing else")
    visit.enter("nav.texts a[lang=ar]")
    visit.expect(page.locator("section[dir=rtl][lang=ar]").count() == 1, "Arabic is written from right to left")
    visit.look("signal-consent-arabic")
    visit.enter("a[href^='/signals/card']")
    visit.look("signal-card-arabic")
    page.emulate_media(media="print")
    page.screenshot(path=str(visit.pictures / "signal-card-print.png"), full_page=True)
    page.emulate_media(media="screen")
    visit.enter(".buttons a")
    visit.tick("#answer")
    visit.tick("#freely")
    visit.enter("main form button")
    visit.enter("nav.texts a[lang=tr]")
    visit.look("signal-consent-turkish")
    visit.tick("#answer")
    visit.enter("main form button")
    visit.expect(page.locator("fieldset.wrong #freely").count() == 1, "a yes counts only when it was free")
    visit.tick("#answer")
    visit.tick("#freely")
    visit.enter("main form button")
    visit.look("signal-check", dark=True)
    visit.expect(page.locator("main b").count() == 0, "what was typed is never markup")
    visit.expect("geen" in page.inner_text("main"), "and is shown as it was typed")
    visit.expect(FAMILY not in page.title() + page.url, "no name stands in an address or title")
    visit.enter("main form button")
    visit.expect(visit.path == "/signals/sent", "it is sent")
    visit.look("signal-sent")
    visit.enter("main a.button")
    visit.expect(page.locator(".state.new").count() == 1, "it stands among my signals, once")
    visit.look("signals", dark=True)


def choose(visit: Visit, selector: str, place: int) -> None:
    """Chooses an answer by its place: the arrows move within a question."""
    visit.tick(selector)
    for _ in range(place):
        visit.page.keyboard.press("ArrowDown")


def open_details(visit: Visit) -> None:
    visit.tab_to("summary")
    visit.page.keyboard.press("Enter")


def fill_to_check(visit: Visit, consent: str = "given", family: str = "De Vries") -> None:
    """To the page before sending, with a pointer."""
    page = visit.page
    visit.open("/signals/may-i")
    page.check("#capacity")
    page.check("[name=domains][value=debts]")
    page.check("#consent")
    visit.press("main form button")
    visit.press("button[value=yes]")
    page.fill("#family", family)
    page.check("[name=adult][value=yes]")
    visit.press("button[value=next]")
    visit.press("main form button")
    page.check(f"[name=answer][value={consent}]")
    page.check("[name=freely][value=yes]")
    visit.press("main form button")


def without_script(visit: Visit) -> None:
    """All of it with script switched off, and in English."""
    visit.sign_in("intermediary-1", "/signals/new")
    visit.press("header .side form:first-child button")
    visit.expect("Sign out" in visit.page.inner_text("header"), "the language is chosen through a form")
    before = filed(visit)
    fill_to_check(visit)
    visit.look("english-check")
    visit.press("main form button")
    visit.expect(visit.path == "/signals/sent", "it is sent without script")
    visit.expect(filed(visit) == before + 1, "it is filed once")


def filed(visit: Visit) -> int:
    visit.open("/signals")
    return visit.page.locator("ul.list > li").count()


def double_click(visit: Visit) -> None:
    """Two clicks, and two tabs, file once."""
    visit.sign_in("intermediary-1", "/signals/new")
    before = filed(visit)
    fill_to_check(visit)
    fields = visit.page.evaluate("Object.fromEntries(new FormData(document.querySelector('main form')))")
    visit.page.dblclick("main form button")
    visit.page.wait_for_url("**/signals/sent")
    again = visit.context.request.post(
        visit.house.url + "/signals/check", form=fields, max_redirects=0, headers={"Origin": visit.house.url})
    visit.expect(again.status == 303 and again.headers["location"] == "/signals/sent", "a second sending leads to the first")
    visit.expect(filed(visit) == before + 1, "a double click files once")


def refused(visit: Visit) -> None:
    """Somebody says no: no name is filed, and the page says so."""
    visit.sign_in("intermediary-1", "/signals/new")
    fill_to_check(visit, consent="refused")
    visit.press("main form button")
    visit.expect("niemand" in visit.page.inner_text("main"), "a refusal is told")
    visit.look("signal-sent-without-identity")
    visit.open("/signals/may-i")
    visit.page.check("#capacity")
    visit.page.check("[name=domains][value=debts]")
    visit.page.check("[name=consent][value=no]")
    visit.press("main form button")
    visit.look("signal-answer-no")
    visit.press("button[value=no]")
    visit.look("signal-area")
    visit.page.fill("#area", "2512")
    visit.press("main form button")
    visit.look("signal-check-without-names")
    visit.press("main form button")
    visit.expect(visit.path == "/signals/sent", "domains and an area can be filed without names")


def session_ended(visit: Visit) -> None:
    """The session ends in the middle of a form: nothing typed is lost."""
    visit.sign_in("intermediary-1", "/signals/new")
    fill_to_check(visit)
    visit.open("/signals/concerns")
    visit.page.fill("#observation-debts", "Twee regels,\nmet een 'aanhaling' en <teken>")
    token = next(c["value"] for c in visit.context.cookies() if c["name"] == "__Host-session")
    ended = visit.context.request.delete(visit.house.url + "/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
    visit.expect(ended.status == 204, "the session can be ended")
    visit.press("main form button")
    visit.expect(visit.page.locator("#password").count() == 1, "one is asked to sign in again")
    visit.look("sign-in-ended")
    visit.page.fill("#account", "intermediary-1")
    visit.page.fill("#password", visit.house.passwords["intermediary-1"])
    visit.press("main form button")
    visit.look("signed-in-again")
    visit.press("main form button")
    visit.open("/signals/concerns")
    visit.expect(visit.page.input_value("#observation-debts").endswith("<teken>"), "what was typed is still there")
    visit.expect("\n" in visit.page.input_value("#observation-debts"), "with its lines")


def strangers(visit: Visit) -> None:
    """An address at which there is nothing."""
    visit.sign_in("privacy-1")
    visit.open("/nothing")
    visit.look("not-found")


ALL = [by_keyboard, without_script, double_click, refused, session_ended, strangers]
