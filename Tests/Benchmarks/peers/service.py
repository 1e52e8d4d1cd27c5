"""The service that an integrator would write instead of Convenant: FastAPI, pydantic, joserfc, SQLite.

It does the same work for a referral: the session is looked up, the body is checked, covenant and consent of the person are read and decided
on, the content is cut down to the fields asked for, signed (ES256) and sealed (ECDH-ES+A256KW on P-256, A256GCM) for the recipient, and the
referral, its task, the queued message and a hash-chained log entry are on the disk (`synchronous = FULL`) before 201 is answered.
It leaves out what such a service usually leaves out: a second decision when the message leaves, erasure by keys, and a tree over the log.

    service.py FOLDER CERTIFICATE KEY PORT each|together      prints `ready PORT TOKEN` once it listens

It is written to be fast: uvloop and httptools, pydantic's compiled models, keys parsed once, statements that SQLite keeps prepared.
`each`: every request commits by itself, as such services do. `together`: one writing thread commits whatever has come in meanwhile, as
Convenant does; hardly anybody writes that, and it is measured so that nobody need wonder.
"""

import asyncio
import hashlib
import json
import os
import queue
import secrets
import sqlite3
import sys
import threading
import time
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.responses import Response
from joserfc import jwe, jws
from joserfc.jwk import ECKey
from pydantic import BaseModel, ConfigDict, Field

FOLDER, CERTIFICATE, KEY, PORT = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
LARGEST_BATCH = {"each": 1, "together": 256}[sys.argv[5]]
TOKEN = secrets.token_urlsafe(32)
SCHEMA = """
CREATE TABLE session (token_hash BLOB PRIMARY KEY, account TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE partner (oin TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE covenant (sender TEXT, recipient TEXT, purpose TEXT, fields TEXT NOT NULL, PRIMARY KEY (sender, recipient, purpose)) WITHOUT ROWID;
CREATE TABLE consent (person TEXT, recipient TEXT, purpose TEXT, fields TEXT NOT NULL, withdrawn_at INTEGER,
    PRIMARY KEY (person, recipient, purpose)) WITHOUT ROWID;
CREATE TABLE signal (id TEXT PRIMARY KEY, body BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE referral (id TEXT PRIMARY KEY, casefile TEXT NOT NULL, recipient TEXT NOT NULL, purpose TEXT NOT NULL, at INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE task (id TEXT PRIMARY KEY, referral TEXT NOT NULL, state TEXT NOT NULL, due_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX task_due ON task (due_at) WHERE state != 'completed';
CREATE TABLE message (id TEXT PRIMARY KEY, task TEXT NOT NULL, recipient TEXT NOT NULL, sealed TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX message_waiting ON message (recipient) WHERE state = 'queued';
CREATE TABLE log (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL, chain BLOB NOT NULL);
"""
US = "00000099000000001000"
PARTNER = "00000099000000002000"
FIELDS = ["identification", "contact", "domains"]

signing_key = ECKey.generate_key("P-256", {"use": "sig"})
recipient_keys = {PARTNER: ECKey.generate_key("P-256", {"use": "enc"})}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Name(Strict):
    given: str = Field(max_length=200)
    prefix: str | None = None
    family: str = Field(max_length=200)


class Address(Strict):
    street: str
    houseNumber: str
    postcode: Annotated[str, Field(pattern=r"^[1-9][0-9]{3}[A-Z]{2}$")]
    place: str


class Contact(Strict):
    address: Address | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 ]{6,20}$")] | None = None
    email: str | None = None
    safeWay: str | None = None


class Consent(Strict):
    answer: Literal["given", "refused", "notAsked"]
    recipients: list[str]
    purposes: list[str]
    fields: list[str]


class Member(Strict):
    ref: str
    name: Name
    birthDate: Annotated[str, Field(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?|unknown)$")]
    contact: Contact | None = None
    consents: list[Consent] = []


class Household(Strict):
    members: list[Member]


class Concern(Strict):
    domain: Literal["debts", "income", "work", "housing", "learning", "administration"]
    about: list[str]
    observation: str = Field(max_length=20_000)
    obtainedBy: str


class Signal(Strict):
    channel: Literal["meldcode", "consultation", "email", "phone"]
    knowsWhomToCall: bool
    capacity: Literal["helper", "gatekeeper"]
    area: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None
    household: Household
    concerns: list[Concern]


class Referral(Strict):
    casefileId: str
    to: Annotated[str, Field(pattern=r"^\d{20}$")]
    purpose: str
    fields: list[str]
    subjects: list[str]


class WholeReferral(Referral):
    """A referral that brings its content along."""

    content: Signal


class Store:
    """SQLite as durable as Convenant's: WAL, FULL, and one thread that writes."""

    def __init__(self, folder: str):
        self.path = os.path.join(folder, "service.sqlite")
        self.reader = self.connect()
        self.reader.executescript(SCHEMA)
        self.waiting: queue.SimpleQueue = queue.SimpleQueue()
        self.writer = threading.Thread(target=self.write_for_ever, daemon=True)
        self.writer.start()

    def connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, cached_statements=256)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        return database

    def write_for_ever(self):
        database = self.connect()
        chain = b"\0" * 32
        while True:
            batch = [self.waiting.get()]
            while len(batch) < LARGEST_BATCH:
                try:
                    batch.append(self.waiting.get_nowait())
                except queue.Empty:
                    break
            database.execute("BEGIN IMMEDIATE")
            for statements, entry, _, _ in batch:
                for sql, values in statements:
                    database.execute(sql, values)
                chain = hashlib.sha256(chain + entry).digest()
                database.execute("INSERT INTO log (entry, chain) VALUES (?, ?)", (entry, chain))
            database.execute("COMMIT")
            loops: dict = {}
            for _, _, loop, done in batch:
                loops.setdefault(loop, []).append(done)
            for loop, futures in loops.items():
                loop.call_soon_threadsafe(lambda futures=futures: [f.set_result(None) for f in futures if not f.done()])

    async def commit(self, statements, entry: bytes):
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self.waiting.put((statements, entry, loop, done))
        await done


store: Store
contents: dict[str, Signal] = {}


def new_id() -> str:
    """A UUIDv7."""
    ms = time.time_ns() // 1_000_000
    raw = bytearray(ms.to_bytes(6, "big") + os.urandom(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


async def account(authorization: Annotated[str, Header()]) -> str:
    found = store.reader.execute(
        "SELECT account, expires_at FROM session WHERE token_hash = ?",
        (hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest(),),
    ).fetchone()
    if found is None or found[1] < time.time():
        raise HTTPException(401)
    return found[0]


def decide(referral: Referral) -> list[str]:
    """The fields that covenant and the consent of every person allow; none is a refusal."""
    if store.reader.execute("SELECT 1 FROM partner WHERE oin = ?", (referral.to,)).fetchone() is None:
        raise HTTPException(422, "no-covenant")
    covenant = store.reader.execute(
        "SELECT fields FROM covenant WHERE sender = ? AND recipient = ? AND purpose = ?", (US, referral.to, referral.purpose)
    ).fetchone()
    if covenant is None:
        raise HTTPException(422, "no-covenant")
    allowed = json.loads(covenant[0])
    for person in referral.subjects:
        consent = store.reader.execute(
            "SELECT fields FROM consent WHERE person = ? AND recipient = ? AND purpose = ? AND withdrawn_at IS NULL",
            (person, referral.to, referral.purpose),
        ).fetchone()
        if consent is None:
            raise HTTPException(422, "consent-missing")
        given = json.loads(consent[0])
        allowed = [field for field in allowed if field in given]
    fields = [field for field in referral.fields if field in allowed or field.split(".")[0] in allowed]
    if not fields:
        raise HTTPException(422, "field-not-covered")
    return fields


def minimise(signal: Signal, fields: list[str]) -> dict:
    wanted = set(fields)
    member = signal.household.members[0]
    identification = {}
    if "identification.name" in wanted:
        identification["name"] = member.name.model_dump(exclude_none=True)
    if "identification.birthDate" in wanted:
        identification["birthDate"] = member.birthDate
    contact = {}
    if member.contact is not None:
        for name, value in member.contact.model_dump(exclude_none=True).items():
            if f"contact.{name}" in wanted:
                contact[name] = value
    domains = {c.domain: {"observation": c.observation} for c in signal.concerns if f"domains.{c.domain}" in wanted}
    return {"identification": identification, "contact": contact, "domains": domains}


def seal(payload: dict, recipient: str) -> str:
    signed = jws.serialize_compact({"alg": "ES256", "typ": "service+jws"}, json.dumps(payload, separators=(",", ":")), signing_key)
    return jwe.encrypt_compact({"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "typ": "service+jwe"}, signed, recipient_keys[recipient])


async def accept(referral: Referral, signal: Signal) -> dict:
    fields = decide(referral)
    referral_id, task_id, message_id, decision_id = new_id(), new_id(), new_id(), new_id()
    now = time.time_ns() // 1_000_000
    sealed = seal(
        {"v": 1, "messageId": message_id, "from": US, "to": referral.to, "sentAt": now, "purpose": referral.purpose,
         "task": {"taskId": task_id}, "decisionId": decision_id, "fields": minimise(signal, fields)},
        referral.to,
    )
    entry = json.dumps(
        {"at": now, "event": "message.sealed", "referral": referral_id, "task": task_id, "message": message_id, "decision": decision_id,
         "fields": fields, "digest": hashlib.sha256(sealed.encode()).hexdigest()},
        separators=(",", ":"), sort_keys=True,
    ).encode()
    await store.commit(
        [
            ("INSERT INTO referral VALUES (?, ?, ?, ?, ?)", (referral_id, referral.casefileId, referral.to, referral.purpose, now)),
            ("INSERT INTO task VALUES (?, ?, 'requested', ?)", (task_id, referral_id, now + 432_000_000)),
            ("INSERT INTO message VALUES (?, ?, ?, ?, 'queued')", (message_id, task_id, referral.to, sealed)),
        ],
        entry,
    )
    return {"referralId": referral_id, "messageId": message_id, "taskId": task_id, "decision": {"decisionId": decision_id, "allowed": fields}}


@asynccontextmanager
async def lifespan(_: FastAPI):
    global store
    store = Store(FOLDER)
    rows = [
        ("INSERT INTO session VALUES (?, 'desk-1', ?)", (hashlib.sha256(TOKEN.encode()).digest(), int(time.time()) + 28_800)),
        ("INSERT INTO partner VALUES (?, 'Bench debt help')", (PARTNER,)),
        ("INSERT INTO covenant VALUES (?, ?, 'debtAssistance', ?)", (US, PARTNER, json.dumps(FIELDS))),
        ("INSERT INTO consent VALUES ('person-1', ?, 'debtAssistance', ?, NULL)", (PARTNER, json.dumps(FIELDS))),
    ]
    await store.commit(rows, b"made")
    print(f"ready {PORT} {TOKEN}", flush=True)
    yield


app = FastAPI(lifespan=lifespan, openapi_url=None)


def created(answer: dict) -> Response:
    return Response(json.dumps(answer, separators=(",", ":")), 201, media_type="application/json")


@app.post("/v1/signals")
async def file_signal(signal: Signal, who: Annotated[str, Depends(account)]) -> Response:
    signal_id = new_id()
    now = time.time_ns() // 1_000_000
    body = signal.model_dump_json(exclude_none=True).encode()
    await store.commit([("INSERT INTO signal VALUES (?, ?, ?)", (signal_id, body, now))], json.dumps(
        {"at": now, "event": "signal.filed", "signal": signal_id, "by": who}, separators=(",", ":"), sort_keys=True).encode())
    contents["newest"] = signal
    return created({"signalId": signal_id, "outcome": "accepted", "status": "received"})


@app.post("/v1/referrals")
async def refer(referral: Referral, who: Annotated[str, Depends(account)]) -> Response:
    """On the content of a signal that was filed before; it is kept parsed in memory, to be fair to Python."""
    return created(await accept(referral, contents["newest"]))


@app.post("/v1/whole-referrals")
async def refer_whole(referral: WholeReferral, who: Annotated[str, Depends(account)]) -> Response:
    return created(await accept(referral, referral.content))


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=PORT, ssl_certfile=CERTIFICATE, ssl_keyfile=KEY, loop="uvloop", http="httptools", log_level="critical",
        access_log=False, lifespan="on", timeout_keep_alive=600,  # idle while others are measured
    )
