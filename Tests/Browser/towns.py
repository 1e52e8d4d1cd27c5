"""Towns of another kind than the demonstration's: one that signed on to sharing without consent, and one that asks for a second factor."""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import house

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ARTICLE = """
  - number: "4.2"
    purpose: protection
    from: ["00000099000000001000"]
    to: ["00000099000000003000"]
    fields: [identification, contact]
    grounds: ["publicTask:socialSupportAct.5.2.6"]
    text:
      nl: De gemeente meldt zonder toestemming wat nodig is om iemand te beschermen.
      en: The municipality tells without consent what is needed to protect somebody.
  - number: "4.3"
    purpose: careAllocation
    from: ["00000099000000001000"]
    to: ["00000099000000003000"]
    fields: [identification, contact]
    grounds: ["compulsory:participationAct.55"]
    text:
      nl: De gemeente geeft door wie hulp moet aannemen omdat dat bij de uitkering hoort.
      en: The municipality tells who must accept help because that comes with the benefit.
"""


@contextlib.contextmanager
def without_consent(program: str):
    """A demonstration whose covenant on care carries another ground than consent, towards a party that is an advice and report centre too."""
    with tempfile.TemporaryDirectory() as folder:
        policies = pathlib.Path(folder) / "policies"
        shutil.copytree(ROOT / "policies", policies)
        covenant = policies / "covenants" / "den-haag-care.yaml"
        covenant.write_text(covenant.read_text().replace("sectors: [care]", "sectors: [care, safeHome]").rstrip() + ARTICLE)
        subprocess.run([ROOT / ".ci" / "sign-covenants", program, policies], check=True, capture_output=True)
        with house.demonstration(program, "--policies", str(policies)) as opened:
            file_signal(opened)
            yield opened


def file_signal(opened: house.House) -> None:
    """Files by the API what names the act under which it was learned: without that the gate knows of no exception."""
    session = ask(opened.url, "/v1/sessions", {"account": "intermediary-1", "password": opened.passwords["intermediary-1"]})
    everything = {
        "answer": "given", "recipients": ["00000099000000001000"], "purposes": ["intake"], "fields": ["identification", "contact", "domains"],
    }
    member = {
        "ref": "a", "name": {"given": "Fenna", "family": "Hoefnagel"}, "birthDate": "1971-02", "under": "socialSupportAct.2.3.2",
        "contact": {"phone": "070-5550123", "safeWay": "Alleen bij haar zus"}, "consents": [everything],
    }
    signal = {
        "channel": "meldcode", "knowsWhomToCall": False, "capacity": "helper", "area": "2512", "household": {"members": [member]},
        "concerns": [{"domain": "wellbeing", "about": ["a"], "obtainedBy": "permission", "under": "socialSupportAct.2.3.2"}],
    }
    answer = ask(opened.url, "/v1/signals", signal, session["token"])
    if answer["outcome"] != "accepted":
        raise SystemExit(f"the signal was {answer['outcome']}")


def ask(url: str, path: str, body: dict, token: str = "") -> dict:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, context=trusting(), timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{path} was answered {error.code}: {error.read().decode()}") from None


def trusting() -> ssl.SSLContext:
    """The daemon's certificate is its own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextlib.contextmanager
def at_work(program: str):
    """A daemon as it is served, which asks for a second factor. `protection-1` is bound to a person at Django OAuth Toolkit."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as taken:
        chain, key, data = f"{folder}/chain.pem", f"{folder}/key.pem", f"{folder}/data"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain],
            check=True, capture_output=True)
        # Held until just before the daemon takes it: the provider is told where to send people back before there is a daemon.
        taken.bind(("127.0.0.1", 0))
        url = f"https://localhost:{taken.getsockname()[1]}"
        there = subprocess.Popen(
            [sys.executable, ROOT / "Tests" / "Interop" / "openid_provider.py", folder, chain, key, f"{url}/sign-in/provider/return"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        daemon = None
        try:
            said = there.stdout.readline().split()
            if len(said) != 2:
                raise SystemExit("the provider did not start")
            issuer = f"https://localhost:{said[1]}/o"
            environment = os.environ | {
                "CONVENANT_STAFF_ADDRESS": url.replace("https://localhost", "127.0.0.1"), "CONVENANT_STAFF_URL": url,
                "CONVENANT_PARTNERS_ADDRESS": "127.0.0.1:0", "CONVENANT_MANAGEMENT_ADDRESS": "127.0.0.1:0",
                "CONVENANT_POLICIES": str(ROOT / "policies"), "CONVENANT_PROVIDER_ISSUER": issuer, "CONVENANT_PROVIDER_ROOTS": chain,
                "CONVENANT_PROVIDER_LEVELS": "two",
            }

            def run(*arguments: str) -> str:
                return subprocess.run([program, *arguments, "--data", data], env=environment, check=True, capture_output=True, text=True).stdout

            run("init", "--oin", "00000099000000001000", "--name", "Gemeente Voorbeeld", "--host", "localhost")
            passwords = {}
            for account, role in (("manager-1", "manager"), ("protection-1", "dataProtectionOfficer")):
                passwords[account] = run("staff", "add", account, "--role", role).strip()
            run("staff", "bind", "protection-1", "--subject", "1")
            taken.close()
            daemon = subprocess.Popen([program, "serve", "--data", data], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            await_answer(url)
            yield house.House(url, passwords, provider=issuer.removesuffix("/o"))
        finally:
            for process in filter(None, (daemon, there)):
                process.kill()
                process.wait()


def await_answer(url: str) -> None:
    """Returns once the daemon answers."""
    end = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(f"{url}/sign-in", context=trusting(), timeout=5).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise SystemExit("the daemon did not start") from None
            time.sleep(0.2)


def at_the_provider(one: house.Visit) -> None:
    """Staff sign in at the municipality's provider, and come back signed in; who declines or is unknown is told what to do."""
    page = one.page
    one.open("/officer/log")
    one.expect(one.path.startswith("/sign-in"), "the log is open to nobody")
    one.look("sign-in-provider")
    page.click("a[href='/sign-in/provider']")
    page.wait_for_url(lambda address: "/login/" in address)
    page.fill("input[name=username]", "amira")
    page.fill("input[name=password]", "een-lang-wachtwoord-1")
    page.click("button")
    page.wait_for_url(lambda address: "/sign-in/provider/return" in address)
    one.expect(one.path.startswith("/sign-in/provider/return"), "the provider sends people back")
    one.look("signed-on")
    page.click("main a")
    one.open("/officer/log")
    one.expect(one.path == "/officer/log", "who was signed in there is signed in here")
    one.look("officer-log-empty")
    # A session that ends in the middle of a form: one signs in again at the provider, in another tab, and goes on.
    one.open("/officer/person")
    asked = {"casefile": "0198f0c0-0000-7000-8000-000000000001", "person": "0198f0c0-0000-7000-8000-000000000002"}
    for name, value in asked.items():
        page.fill(f"#{name}", value)
    token = next(c["value"] for c in one.context.cookies() if c["name"] == "__Host-session")
    ended = one.context.request.delete(one.house.url + "/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
    one.expect(ended.status == 204, "the session can be ended")
    one.press("main form[action='/officer/person'] button")
    one.look("sign-in-provider-kept")
    with one.context.expect_page() as opened:
        page.click("a[href='/sign-in/provider']")
    opened.value.wait_for_url(lambda address: "/sign-in/provider/return" in address)
    opened.value.close()
    one.press("main form[action='/officer/person'] button")
    one.look("signed-in-again-provider")
    one.press("main form[action='/officer/person'] button")
    one.expect(all(page.input_value(f"#{name}") == value for name, value in asked.items()), "what was typed is still there")
    one.expect(page.locator("#person-fault").count() == 1, "and the question was asked")
    # The same address again is of no use to anybody.
    one.context.clear_cookies()
    one.open("/sign-in/provider/return?state=x&code=y")
    one.expect(page.locator("[role=status], .said, .refused").count() > 0, "an old return says what to do")
    one.look("sign-in-not-begun")


def _code(secret: str, step: int) -> str:
    """RFC 6238: HMAC-SHA-1, six digits."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    place = mac[-1] & 15
    return f"{(int.from_bytes(mac[place:place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def enrolment(one: house.Visit) -> None:
    """A first sign-in leads to enrolling; a wrong code is told; from then on a password alone opens nothing."""
    page = one.page
    one.sign_in("manager-1")
    one.expect(one.path.startswith("/enrol"), "who has no second factor can only enrol one")
    one.look("enrol", dark=True)
    one.open("/manager")
    one.expect(not one.path.startswith("/manager"), "and sees nothing before")
    one.open("/enrol")
    one.press("main form[action='/enrol/app'] button")
    one.look("enrol-app", dark=True)
    secret = "".join(page.inner_text(".code").split())
    step = int(time.time()) // 30
    wrong = f"{(int(_code(secret, step)) + 1) % 1_000_000:06}"
    for code in (wrong, _code(secret, step)):
        page.fill("#code", code)
        page.fill("#newPassword", "zeven gele fietsen")
        one.press("main form[action='/enrol'] button")
        if code == wrong:
            one.expect(page.locator("#code-fault").count() == 1, "a wrong code is told")
            one.look("enrol-fault")
    one.expect(page.locator("ul.codes li").count() == 10, "ten recovery codes")
    recovery = page.locator("ul.codes li").first.inner_text()
    one.look("enrolled")
    one.press("main a.button")
    one.press("header form[action='/sign-out'] button")
    one.house.passwords["manager-1"] = "zeven gele fietsen"
    for code, opens in (("", False), (_code(secret, step - 9), False), (recovery, True)):
        one.open("/sign-in")
        page.fill("#account", "manager-1")
        page.fill("#password", "zeven gele fietsen")
        page.fill("#code", code)
        one.press("main form button")
        one.expect((one.path == "/") == opens, f"with {'a recovery code' if opens else 'no right code'} it is {'open' if opens else 'shut'}")
        if not opens:
            one.look("sign-in-wrong-code")


ALL = [at_the_provider, enrolment]
