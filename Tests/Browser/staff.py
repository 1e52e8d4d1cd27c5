"""Those who work with what was filed: the desk, the case manager, the privacy officer, the manager; each page once, at both widths."""

from __future__ import annotations

from house import Visit
from signals import fill_to_check


def _follow(visit: Visit, selector: str) -> None:
    with visit.page.expect_navigation():
        visit.page.locator(selector).first.click()


def desk(visit: Visit) -> None:
    """A signal is filed and triaged at the desk, and stands among the cases."""
    visit.sign_in("intermediary-1", "/signals/new")
    fill_to_check(visit)
    visit.press("main form button")
    visit.press("header form[action='/sign-out'] button")
    visit.sign_in("desk-1", "/desk")
    visit.look("desk", dark=True)
    _follow(visit, "#newSignals a.button")
    visit.look("desk-signal")
    visit.press("main form[action$='/triage'] button")
    visit.expect(visit.page.locator(".fault").count() > 0, "triage without an outcome is asked again")
    visit.look("desk-signal-fault")
    visit.page.locator("input[name=outcome]").first.check()
    visit.press("main form[action$='/triage'] button")
    visit.expect(visit.path.startswith("/cases/"), "a triaged signal leads to its case")
    visit.look("case-new")
    visit.open("/cases")
    visit.look("cases")


def nameless(visit: Visit) -> None:
    """A signal without names is opened and marked as seen; then it is off the list."""
    visit.sign_in("intermediary-1", "/signals/new")
    fill_to_check(visit, consent="refused")
    visit.press("main form button")
    visit.press("header form[action='/sign-out'] button")
    visit.sign_in("desk-1", "/desk")
    with visit.page.expect_navigation():
        visit.page.locator("#newSignals li", has_text="zonder namen").last.locator("a.button").click()
    path = visit.path
    visit.look("desk-signal-nameless", dark=True)
    visit.press("main form[action$='/seen'] button")
    visit.expect(visit.path.endswith("?said=seen"), "it is marked as seen")
    visit.expect(visit.page.locator(f"#newSignals a[href='{path}']").count() == 0, "and is off the list")


def case(visit: Visit) -> None:
    """The case manager reads the case and shares a part of it, seeing first what would go."""
    visit.sign_in("case-manager-1", "/cases")
    _follow(visit, "ul.doors a")
    path = visit.path
    visit.look("case", dark=True)
    visit.open(path + "/share")
    visit.look("case-share")
    visit.press("main form button")
    visit.expect(visit.page.locator(".refused").count() > 0, "sharing nothing is asked again")
    visit.look("case-share-fault")
    visit.page.locator("input[name=article]").first.check()
    for box in visit.page.locator("input[name=subject], input[name=field]").all():
        box.check()
    visit.press("main form button")
    visit.look("case-share-check", dark=True)


def meeting(visit: Visit) -> None:
    """The case manager asks for a meeting while only one party is involved: that is said, and nothing is opened."""
    visit.sign_in("case-manager-1", "/cases")
    _follow(visit, "ul.doors a")
    form = visit.page.locator("form[action$='/meetings']")
    form.locator("xpath=ancestor::details").locator("summary").click()
    form.locator("select").select_option(index=1)
    with visit.page.expect_navigation():
        form.locator("button").click()
    visit.expect("minstens twee partijen" in visit.page.inner_text(".refused"), "a meeting of one party is none")
    visit.look("case-meeting-refused")


def _fits_on_paper(visit: Visit, name: str) -> None:
    """On A4 with its margins nothing of a page falls off the side, and each recipient of the covenants has its list."""
    page, own = visit.page, visit.page.viewport_size
    page.set_viewport_size({"width": 658, "height": 900})
    page.emulate_media(media="print")
    widest = "Math.max(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().right))"
    visit.expect(page.evaluate(widest) <= 659, f"{name} fits on paper")
    if name == "covenants":
        columns = page.locator(".matrix thead th").count() - 1
        visit.expect(page.locator(".print-only h3:visible").count() == columns, "every recipient is on paper")
    page.emulate_media(media="screen")
    page.set_viewport_size(own)


def officer(visit: Visit) -> None:
    """The privacy officer reads the log, the covenants and the log's state, and looks for a person."""
    visit.sign_in("privacy-1")
    visit.look("home-officer")
    for name in ["log", "covenants", "person", "state", "advice"]:
        visit.open(f"/officer/{name}")
        visit.look(f"officer-{name}", dark=name in {"log", "covenants"})
        if visit.scripted and name in {"covenants", "state"}:
            _fits_on_paper(visit, name)
    visit.open("/signals/new")
    visit.look("refused-role")


def manager(visit: Visit) -> None:
    """The manager reads the figures of a quarter, without small counts."""
    visit.sign_in("manager-1", "/manager")
    visit.look("manager", dark=True)


def protection(visit: Visit) -> None:
    """The data protection officer reads what the privacy officer reads, and records advice."""
    visit.sign_in("protection-1", "/officer/advice")
    visit.look("protection-advice")


ALL = [desk, nameless, case, meeting, officer, manager, protection]
