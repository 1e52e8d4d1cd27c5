"""A demonstration's daemon, a browser before it, and what is asked of every page that the browser shows."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HEAVIEST = 100 * 1024


@dataclass
class House:
    """The running daemon: where its pages are, and who may come in."""

    url: str
    passwords: dict[str, str]
    # Where else its people sign in.
    provider: str = ""
    # Of each page that came: its bytes, and the ms from the request to the answer's first byte.
    served: dict[str, list[tuple[int, float]]] = field(default_factory=dict)


@contextlib.contextmanager
def demonstration(program: str, *options: str):
    """Runs `convenant demo` until the body ends."""
    with tempfile.TemporaryDirectory() as folder:
        talk = pathlib.Path(folder) / "talk.txt"
        with talk.open("w") as out:
            daemon = subprocess.Popen([program, "demo", "--data", f"{folder}/data", *options], stdout=out, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + 120
            while "privacy-1  " not in (text := talk.read_text()).split("account  ")[-1]:
                if daemon.poll() is not None or time.monotonic() > end:
                    raise SystemExit("the demonstration did not start")
                time.sleep(0.2)
            url = re.search(r"^\s*staff\s+(https://\S+)", text, re.M)
            rows = re.findall(r"^\s*(\S+)\s+[a-zA-Z]+\s+(\S{20})\s*$", text, re.M)
            yield House(url.group(1), dict(rows))
        finally:
            daemon.send_signal(signal.SIGINT)
            daemon.wait(30)


@dataclass
class Visit:
    """One browser's visit; counts what was looked at."""

    house: House
    context: BrowserContext
    pictures: pathlib.Path
    faults: list[str]
    scripted: bool = True
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: said.type == "error" and "status of 4" not in said.text and self.fault(f"console: {said.text}"))
        self.page.on("response", lambda answer: self.note(answer))
        self.foreign = set()

    def fault(self, text: str) -> None:
        self.faults.append(text)
        print("FAULT", text, flush=True)

    def expect(self, holds: bool, text: str) -> None:
        if not holds:
            self.fault(f"{text} (at {self.path})")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.house.url)

    def note(self, answer) -> None:
        """No page asks anybody else for anything, and none is heavy."""
        if not answer.url.startswith(self.house.url) and not (self.house.provider and answer.url.startswith(self.house.provider)):
            self.fault(f"asked of another host: {answer.url}")
        weight, timing = int(answer.headers.get("content-length", 0)), answer.request.timing
        if not answer.headers.get("content-type", "").startswith("text/html") or not answer.url.startswith(self.house.url):
            return
        if weight > HEAVIEST:
            self.fault(f"heavier than 100 KB: {answer.url}")
        if answer.status < 300:
            path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", answer.url.removeprefix(self.house.url).partition("?")[0])
            time = timing["responseStart"] - timing["requestStart"]
            self.house.served.setdefault(f"{answer.request.method:<5}{path}", []).append((weight, time))

    def open(self, path: str) -> None:
        self.page.goto(self.house.url + path)

    def look(self, name: str, dark: bool = False) -> None:
        """Takes pictures of the page, and asks axe about it."""
        if self.scripted and name not in self.seen:
            found = Axe().run(self.page, options=RULES).response["violations"]
            for violation in found:
                places = "; ".join(" ".join(node["target"]) for node in violation["nodes"][:3])
                self.fault(f"axe at {name}: {violation['id']}: {violation['help']} ({places})")
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth") if self.scripted else False:
            self.fault(f"wider than the screen: {name}")
        self.seen.add(name)
        own = self.page.viewport_size
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=str(self.pictures / f"{name}-{size['width']}.png"), full_page=True)
        if dark:
            self.page.set_viewport_size(PHONE)
            self.page.emulate_media(color_scheme="dark")
            found = Axe().run(self.page, options={"runOnly": ["wcag2aa"]}).response["violations"]
            for violation in found:
                self.fault(f"axe in the dark at {name}: {violation['id']}")
            self.page.screenshot(path=str(self.pictures / f"{name}-dark.png"), full_page=True)
            self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(own)

    def tab_to(self, selector: str) -> None:
        """Moves the focus there with the tabulator alone; a group of answers of which one is chosen has one stop."""
        for _ in range(120):
            if self.page.evaluate("s => document.activeElement !== null && document.activeElement.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector} at {self.path}")

    def type_in(self, selector: str, text: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.type(text)

    def tick(self, selector: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.press("Space")

    def enter(self, selector: str) -> None:
        self.tab_to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def sign_in(self, account: str, to: str = "/") -> None:
        self.open(f"/sign-in?to={to}" if to != "/" else "/sign-in")
        self.page.fill("#account", account)
        self.page.fill("#password", self.house.passwords[account])
        self.press("main form button")

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.click(selector)


@contextlib.contextmanager
def browser():
    """Debian's Chromium."""
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=os.environ.get("CONVENANT_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


@contextlib.contextmanager
def visit(chromium: Browser, house: House, pictures: pathlib.Path, faults: list[str], scripted: bool = True, language: str = "nl-NL"):
    """A browser that knows nothing yet, with a telephone's screen."""
    context = chromium.new_context(viewport=PHONE, ignore_https_errors=True, java_script_enabled=scripted, locale=language)
    context.set_default_timeout(60_000)
    try:
        yield Visit(house, context, pictures, faults, scripted)
    finally:
        context.close()
