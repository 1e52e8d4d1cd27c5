"""What is recorded on a case besides its tasks, from giving it to a colleague to passing it on; and one's own password."""

from __future__ import annotations

from house import Visit
from signals import fill_to_check
from staff import _follow

NAME_AND_CONTACT = "input[name=field][value^='contact'], input[name=field][value='identification.name']"


def _sign_out(visit: Visit) -> None:
    visit.press("header form[action='/sign-out'] button")


def _open_newest(visit: Visit) -> None:
    """Opens the newest signal at the desk that names somebody: the oldest stands first, and those without names stand last."""
    with visit.page.expect_navigation():
        visit.page.locator("#newSignals li", has_not_text="zonder namen").last.locator("a.button").click()


def _new_case(visit: Visit) -> str:
    """Files a signal, triages it at the desk and leaves it to nobody; the desk stands before its case."""
    visit.sign_in("intermediary-1", "/signals/new")
    fill_to_check(visit, family="Glasmaker")
    visit.press("main form button")
    _sign_out(visit)
    visit.sign_in("desk-1", "/desk")
    _open_newest(visit)
    visit.page.locator("input[name=outcome][value=multipleUnrelated]").check()
    visit.press("main form[action$='/triage'] button")
    return visit.path.split("?")[0]


def assignment(visit: Visit) -> None:
    """The desk gives a case to a colleague, and takes it back."""
    _new_case(visit)
    form = visit.page.locator("form[action$='/assignments']")
    form.locator("xpath=ancestor::details").locator("summary").click()
    form.locator("select").select_option("case-manager-1")
    with visit.page.expect_navigation():
        form.locator("button").click()
    visit.expect("case-manager-1" in visit.page.inner_text("#assigned"), "whoever was given the case is named")
    visit.look("case-assigned", dark=True)
    visit.press("form[action$='/assignments/end'] button")
    visit.expect(visit.page.locator("#assigned li").count() == 0, "and is not, once it was taken back")


def break_glass(visit: Visit) -> None:
    """A case manager opens another's case with a reason, and the privacy officer reads it."""
    path = _new_case(visit)
    visit.page.locator("text=Nummers van dit dossier").click()
    number = visit.page.locator("dd.code").first.inner_text()
    visit.expect(path.endswith(number), "the case tells its number")
    _sign_out(visit)
    visit.sign_in("case-manager-1", "/cases")
    visit.open(path)
    visit.expect("Hier is niets te zien" in visit.page.inner_text("h1"), "a case that was not given is not there")
    visit.open("/cases")
    visit.press("a[href='/break-glass']")
    visit.look("break-glass", dark=True)
    visit.page.fill("#because", "De bewoner staat aan de balie; de collega is er niet.")
    visit.page.fill("#casefile", number)
    visit.press("main form button")
    visit.expect(visit.page.locator(".fault").count() == 1, "without a reason nothing opens")
    visit.look("break-glass-fault")
    visit.page.check("[name=reason][value=residentAsks]")
    visit.press("main form button")
    visit.expect("Glasmaker" in visit.page.inner_text("main"), "with a reason it opens")
    visit.look("case-broken-glass")
    _sign_out(visit)
    visit.sign_in("privacy-1", "/officer/break-glass")
    visit.expect("De bewoner staat aan de balie" in visit.page.inner_text("table"), "the officer reads why")
    visit.look("officer-broken-glass", dark=True)


def child(visit: Visit) -> None:
    """A mother and her child are filed; the parent elsewhere is recorded on the case and set aside; the age is noted."""
    page = visit.page
    visit.sign_in("intermediary-1", "/signals/new")
    visit.open("/signals/may-i")
    page.check("#capacity")
    page.check("[name=domains][value=debts]")
    page.check("#consent")
    visit.press("main form button")
    visit.press("button[value=yes]")
    page.fill("#family", "Glasmaker")
    visit.press("button[value=another]")
    visit.expect(page.locator("#adult-fault, fieldset.wrong").count() > 0, "nobody is an adult by default")
    visit.look("signal-people-age-fault")
    page.check("[name=adult][value=yes]")
    visit.press("button[value=another]")
    page.locator("summary").last.click()
    page.fill("#given", "Kind")
    page.fill("#family", "Glasmaker")
    page.fill("#year", "2018")
    page.fill("#month", "5")
    visit.press("button[value=next]")
    visit.press("main form button")
    page.check("[name=answer][value=given]")
    page.check("[name=freely][value=yes]")
    visit.press("main form button")
    visit.expect("Wie beslissen er voor dit kind" in page.inner_text("main"), "for a child others are asked")
    page.check("[name=answer][value=notAsked]")
    page.check("[name=reason][value=tooYoung]")
    visit.press("main form button")
    visit.expect(page.locator(".fault").count() > 0, "who decides must be said")
    page.check("[name=answer][value=notAsked]")
    page.check("[name=reason][value=tooYoung]")
    page.check("[name=decider-a][value=given]")
    page.check("[name=decider-z][value=none]")
    page.check("[name=freely][value=yes]")
    visit.look("signal-consent-child", dark=True)
    visit.press("main form button")
    visit.look("signal-check-child")
    visit.press("main form button")
    visit.expect(visit.path == "/signals/sent", "it is sent")
    _sign_out(visit)
    visit.sign_in("desk-1", "/desk")
    _open_newest(visit)
    page.locator("input[name=outcome][value=multipleUnrelated]").check()
    visit.press("main form[action$='/triage'] button")
    visit.expect("Gezag" in page.inner_text("#consents"), "the case tells who decides")
    visit.look("case-child", dark=True)
    with page.expect_navigation():
        page.locator("form[action$='/representatives/ask'] button").last.click()
    visit.press("main form button")
    visit.look("representative-fault")
    page.check("[name=office][value=parentalAuthority]")
    page.locator("[name=member]").last.check()
    visit.press("main form button")
    visit.expect("buiten dit huishouden" in page.inner_text("#consents"), "a parent elsewhere is recorded without a name")
    with page.expect_navigation():
        page.locator("#consents a[href*='/representatives/']").last.click()
    visit.look("set-aside", dark=True)
    page.fill("#because", "Het kind is bang voor hem.")
    visit.press("main form button")
    visit.expect("telt niet mee" in page.inner_text("#consents"), "and counts no more")
    visit.look("case-child-set-aside")
    with page.expect_navigation():
        page.locator("form[action$='/consents/ask'] button").last.click()
    visit.expect("Wie antwoordde" in page.inner_text("main"), "it is asked who answered")
    visit.look("case-consent-child")
    visit.open(visit.path.split("/consents")[0])
    with page.expect_navigation():
        page.locator("form[action$='/ages/ask'] button").last.click()
    visit.look("age")
    page.check("[name=adult][value=yes]")
    visit.press("main form button")
    visit.expect("leeftijd is vastgelegd" in page.inner_text("main").lower(), "the age is noted")
    with page.expect_navigation():
        page.locator("form[action$='/registrations/ask'] button").first.click()
    visit.press("main form button")
    visit.look("registration-fault")
    page.check("[name=secret][value=yes]")
    visit.press("main form button")
    visit.expect("Adres geheim" in page.inner_text("#consents"), "the case tells that an address is secret")
    visit.look("case-secret-address")


def telling(visit: Visit) -> None:
    """A resident is told of a signal: first that waits, then it is done; the desk's list leads there, and a letter can be printed."""
    visit.sign_in("desk-1", "/desk")
    _follow(visit, "#tellings a.button")
    visit.look("telling", dark=True)
    path = visit.path
    visit.page.check("[name=how][value=later-cannotBeReached]")
    visit.press("main form button")
    visit.expect(visit.page.locator("#reviewOn-fault").count() == 1, "a day is needed to postpone it")
    visit.look("telling-fault")
    visit.page.check("[name=how][value=told-phone]")
    visit.press("main form button")
    visit.expect(visit.path.endswith("?said=told"), "then it is told")
    visit.open("/desk")
    visit.expect(visit.page.locator(f"a[href='{path}']").count() == 0, "and off the desk's list")
    visit.open("/".join(path.split("/")[:3]))
    visit.press("form[action$='/letter'] button")
    visit.look("letter", dark=True)


def spoken(visit: Visit) -> None:
    """What was told by telephone is recorded; what should not have been told is said to be so."""
    visit.sign_in("case-manager-1", "/cases")
    _follow(visit, "ul.doors a")
    _follow(visit, "a[href$='/spoken']")
    visit.look("case-told")
    visit.page.locator("input[name=article]").first.check()
    for box in visit.page.locator("input[name=subject], input[name=field]").all():
        box.check()
    visit.press("main form button")
    visit.expect(visit.page.locator(".refused").count() == 1, "what went too far is said at once")
    visit.look("case-told-refused", dark=True)


def passed_on(visit: Visit) -> None:
    """A second partner is asked, a meeting is dated, and the case is passed on from it."""
    page = visit.page
    visit.sign_in("case-manager-1", "/cases")
    _follow(visit, "ul.doors a")
    case = visit.path
    _follow(visit, "form[action$='/consents/ask'] button")
    visit.look("case-consent")
    visit.expect("Krijgt: Naam" in page.inner_text("main"), "beside each partner stands which data it would have")
    page.check("[name=answer][value=given]")
    page.check("[name=freely][value=yes]")
    page.check("[name=recordedHow][value=spoken]")
    for box in page.locator("input[name=article]").all():
        box.check()
    visit.press("main form button")
    visit.open(case + "/share")
    page.locator("label.choice:has(input[name=article])", has_text="Zorggroep").first.locator("input").check()
    for box in page.locator(f"input[name=subject], {NAME_AND_CONTACT}").all():
        box.check()
    visit.press("main form button")
    visit.press("main form[action$='/share'] button")
    visit.expect(visit.path.endswith("?said=shared"), "a second partner is asked")
    form = page.locator("form[action$='/meetings']")
    form.locator("xpath=ancestor::details").locator("summary").click()
    form.locator("select").select_option("twoDomainsOrPersons")
    with page.expect_navigation():
        form.locator("button").click()
    visit.expect(visit.path.startswith("/meetings/"), "with two parties there is a meeting")
    meeting = visit.path
    visit.look("meeting")
    visit.open(meeting + "/date")
    visit.look("meeting-date")
    visit.open(meeting + "/minutes")
    visit.look("meeting-minutes")
    visit.open(meeting)
    _follow(visit, "a[href*='/transfers/']")
    visit.look("transfer", dark=True)
    page.check("[name=platform][value=topTeam]")
    page.locator("label.choice:has(input[name=article])", has_text="Schuldhulp").first.locator("input").check()
    for box in page.locator(f"input[name=subject], {NAME_AND_CONTACT}").all():
        box.check()
    visit.press("main form button")
    visit.look("transfer-check")
    visit.press("main form:not([action$='/change']) button")
    visit.expect("Topteam" in page.inner_text("main"), "the meeting tells where the case went")
    visit.look("meeting-transferred")


def objection(visit: Visit) -> None:
    """A resident objects to all sharing, and the page says what that stops."""
    page = visit.page
    visit.sign_in("case-manager-1", "/cases")
    _follow(visit, "ul.doors a")
    _follow(visit, "form[action$='/objections/ask'] button")
    visit.look("objection", dark=True)
    visit.press("main form button")
    visit.expect(page.locator(".fault").count() > 0, "what it is to must be said")
    visit.look("objection-fault")
    page.check("[name=scope][value=all]")
    visit.press("main form button")
    visit.expect(visit.path.endswith("?said=objection"), "it is recorded")
    visit.look("case-objection")
    _sign_out(visit)
    visit.sign_in("privacy-1", "/officer/objections")
    visit.look("officer-objections", dark=True)
    visit.page.locator("main article form input[value=overruled]").first.check()
    visit.press("main article form button")
    visit.expect(page.locator(".fault").count() > 0, "why must be said")
    visit.look("officer-objections-fault")
    page.locator("main article form textarea").first.fill("Het gezin moet maandag hulp hebben.")
    page.locator("main article form input[value=overruled]").first.check()
    visit.press("main article form button")
    visit.expect(visit.path.endswith("?said=overruled"), "it is weighed")


def password(visit: Visit) -> None:
    """Somebody changes their own password, and signs in with it."""
    visit.sign_in("manager-1")
    visit.press("footer a[href='/password']")
    visit.look("password", dark=True)
    visit.page.fill("#password", "verkeerd wachtwoord")
    visit.page.fill("#newPassword", "zeven gele fietsen")
    visit.press("main form button")
    visit.expect(visit.page.locator("#password-fault").count() == 1, "the old one is asked for")
    visit.look("password-fault")
    visit.page.fill("#password", visit.house.passwords["manager-1"])
    visit.page.fill("#newPassword", "zeven gele fietsen")
    visit.press("main form button")
    visit.expect("gewijzigd" in visit.page.inner_text("main"), "it was changed")
    visit.house.passwords["manager-1"] = "zeven gele fietsen"
    _sign_out(visit)
    visit.sign_in("manager-1")
    visit.expect(visit.path == "/", "and opens the door")


def without_consent(visit: Visit) -> None:
    """The desk asks to share without consent, the privacy officer agrees, and it goes."""
    page = visit.page
    visit.sign_in("desk-1", "/desk")
    _open_newest(visit)
    visit.page.locator("input[name=outcome][value=single]").check()
    visit.press("main form[action$='/triage'] button")
    case = visit.path.split("?")[0]
    _follow(visit, "a[href$='/justifications']")
    visit.look("justifications-empty")
    _follow(visit, "a[href$='/justifications/new']")
    visit.look("justify-choose")
    page.locator("input[name=article]").first.check()
    page.locator("input[name=subject]").first.check()
    for box in page.locator(NAME_AND_CONTACT).all():
        box.check()
    visit.press("main form button")
    visit.look("justify", dark=True)
    visit.press("main form button")
    visit.expect(page.locator(".fault").count() > 3, "each sentence is asked for")
    visit.look("justify-fault")
    for sentence in page.locator("textarea[name^=necessity], #proportionality, #subsidiarity").all():
        sentence.fill("Zonder dit staat het gezin morgen op straat.")
    page.check("[name=consent][value=unanswered]")
    page.check("[name=tell][value=by]")
    day = page.evaluate("new Date(Date.now() + 7 * 864e5).toISOString().slice(0, 10)")
    page.fill("#tellOn", day)
    page.fill("#until", day)
    visit.press("main form button")
    visit.expect(visit.path.endswith("?said=made"), "it waits for a colleague")
    visit.look("justifications-own")
    _sign_out(visit)
    visit.sign_in("privacy-1", "/officer/without-consent")
    visit.look("officer-without-consent", dark=True)
    visit.press("main article form:has(input[value=agreed]) button")
    visit.expect(visit.path.endswith("?said=agreed"), "a second person agrees")
    _sign_out(visit)
    visit.sign_in("desk-1", case + "/justifications")
    visit.look("justifications-agreed", dark=True)
    visit.open(case + "/share")
    page.locator("label.choice:has(input[name=article])", has_text="Bescherming").locator("input").check()
    page.locator("input[name=subject]").first.check()
    for box in page.locator(NAME_AND_CONTACT).all():
        box.check()
    page.select_option("#ground", index=1)
    visit.press("main form button")
    visit.look("case-share-without-consent")
    visit.press("main form[action$='/share'] button")
    visit.expect(visit.path.endswith("?said=shared"), "and it goes")
    visit.look("case-to-tell")


def two_workers(visit: Visit) -> None:
    """Two people have one case before them; what the first does, the second sees, and is not done twice."""
    path = _new_case(visit)
    with visit.page.context.browser.new_context(ignore_https_errors=True, locale="nl-NL") as context:
        second = Visit(visit.house, context, visit.pictures, visit.faults, scripted=True)
        second.sign_in("desk-1", path)
        for one in (visit, second):
            form = one.page.locator("form[action$='/closure']")
            form.locator("xpath=ancestor::details").locator("summary").click()
            form.locator("select").select_option(index=1)
        visit.press("form[action$='/closure'] button")
        second.press("form[action$='/closure'] button")
        second.expect(second.page.locator(".refused, .fault, [role=alert]").count() > 0, "the second is told that it was closed")
        second.look("case-closed-twice")


def lever(visit: Visit) -> None:
    """The desk records by what somebody may be compelled, looks at it again, and ends it."""
    page = visit.page
    _new_case(visit)
    page.click("#levers summary")
    visit.press("form[action$='/levers/ask'] button")
    visit.look("lever", dark=True)
    visit.press("main form button")
    visit.expect(page.locator(".fault").count() > 3, "each answer is asked for")
    visit.look("lever-fault")

    def day(ahead: int) -> str:
        return page.evaluate(f"new Date(Date.now() + {ahead} * 864e5).toISOString().slice(0, 10)")

    page.check("[name=kind][value=benefitObligation]")
    page.locator("[name=article]").first.check()
    page.locator("[name=signers]").first.check()
    for field, ahead in (("voluntaryOn", -60), ("from", 0), ("until", 200), ("reviewBy", 90)):
        page.fill(f"#{field}", day(ahead))
    page.fill("#because", "De afspraken bij de uitkering zijn twee keer niet nagekomen.")
    visit.press("main form button")
    visit.expect(visit.path.endswith("?said=lever"), "it is recorded")
    visit.look("case-lever", dark=True)
    for act, name in (("reviewed", "lever-review"), ("ended", "lever-end")):
        _follow(visit, "#levers a[href*='/levers/']")
        page.check(f"[name=act][value={act}]")
        if act == "reviewed":
            page.fill("#reviewBy", day(10))
        page.fill("#because", "Gesproken met de bewoner en de consulent.")
        visit.look(name)
        visit.press("main form button")
        visit.expect(visit.path.endswith(f"?said=lever-{act}"), f"it is {act}")
        if act == "reviewed":
            case = visit.path.split("?")[0]
            visit.open("/desk")
            visit.expect(page.locator(f"#leverReviews a[href^='{case}/levers/']").count() == 1, "the desk is told by when to look again")
            visit.look("desk-lever-review", dark=True)
            visit.open(case)
    visit.look("case-lever-ended")


WITHOUT_CONSENT = [without_consent, lever]
ALL = [assignment, two_workers, break_glass, child, telling, spoken, passed_on, objection, password]
