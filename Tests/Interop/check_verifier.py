#!/usr/bin/env python3
"""Can verify_log.py fail? Writes a small data folder after the published documents, then harms it in one place at a time.

    check_verifier.py

Every harm must be found and the unharmed folder must pass. Prints what was tried; exit code 1 when anything went unnoticed.
"""

from __future__ import annotations

import base64
import json
import os
import pathlib
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from log_rows import canonical
from log_tree import full_tiles, key_id, leaf_hash, root_of
from vault import commitment, handle, sub_key

OIN = "00000099000000001000"
TABLES = """
CREATE TABLE person (id BLOB PRIMARY KEY, casefile BLOB, key INTEGER);
CREATE TABLE casefile (id BLOB PRIMARY KEY, key INTEGER);
CREATE TABLE content (id BLOB PRIMARY KEY, casefile BLOB, person BLOB, wrapped_key BLOB, sealed BLOB);
CREATE TABLE audit_entry (seq INTEGER PRIMARY KEY, shard INTEGER, entry BLOB, leaf BLOB);
CREATE TABLE audit_tile (shard INTEGER, level INTEGER, idx INTEGER, hashes BLOB);
CREATE TABLE audit_checkpoint (shard INTEGER PRIMARY KEY, size INTEGER, note TEXT);
CREATE TABLE audit_index (kind TEXT, subject BLOB, seq INTEGER);
"""


class Folder:
    """A data folder of two years, 300 and 600 entries, two persons of one casefile."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        (path / "secrets").mkdir(parents=True)
        self.kek, self.signer = secrets.token_bytes(32), Ed25519PrivateKey.generate()
        (path / "secrets" / "kek-1.key").write_bytes(self.kek)
        (path / "secrets" / "checkpoint.key").write_bytes(self.signer.private_bytes_raw())
        self.keys = sqlite3.connect(path / "keys.sqlite")
        self.keys.execute("CREATE TABLE key (id INTEGER PRIMARY KEY, epoch INTEGER, wrapped BLOB)")
        self.database = sqlite3.connect(path / "convenant.sqlite")
        self.database.executescript(TABLES)
        self.casefile, self.secret = self.holder("casefile", 2)
        self.persons = [self.holder("person", 3), self.holder("person", 4)]
        self.items = [self.keep(person, secret, number) for number, (person, secret) in enumerate(self.persons)]
        self.seq = 0
        first = self.shard(2025, 300, None)
        self.note = self.shard(2026, 600, first)
        self.keys.commit()
        self.database.commit()

    def holder(self, kind: str, key: int) -> tuple[bytes, bytes]:
        row_id, secret = uuid.uuid4().bytes, secrets.token_bytes(32)
        self.keys.execute("INSERT INTO key VALUES (?, 1, ?)", (key, aes_key_wrap(self.kek, secret)))
        columns = "(id, key)" if kind == "casefile" else "(id, key, casefile)"
        values = (row_id, key) if kind == "casefile" else (row_id, key, self.casefile)
        self.database.execute(f"INSERT INTO {kind} {columns} VALUES ({', '.join('?' * len(values))})", values)
        return row_id, secret

    def keep(self, person: bytes, secret: bytes, number: int) -> dict:
        item = {"field": "identification.name", "value": {"given": f"Testzin é{number}"}, "salt": base64.b64encode(secrets.token_bytes(32)).decode()}
        row_id, data_key, nonce = uuid.uuid4().bytes, secrets.token_bytes(32), secrets.token_bytes(12)
        sealed = nonce + AESGCM(data_key).encrypt(nonce, canonical([item]), row_id)
        wrapped = aes_key_wrap(sub_key(secret, "content"), data_key)
        self.database.execute("INSERT INTO content VALUES (?, ?, ?, ?, ?)", (row_id, self.casefile, person, wrapped, sealed))
        return item

    def shard(self, year: int, count: int, previous: str | None) -> str:
        leaves = []
        for number in range(count):
            self.seq += 1
            entry = {
                "v": 1, "id": str(uuid.uuid4()), "at": f"{year}-03-01T10:00:00.{number % 1000:03d}Z", "event": "message.sealed",
                "actor": {"kind": "daemon"}, "subjects": [], "refs": {}, "facts": {"number": number},
            }
            if number == 0 and previous:
                entry |= {"event": "shard.opened", "facts": {"checkpoint": previous}}
            elif number % 5 == 1:
                self.concern(entry)
            raw = canonical(entry)
            leaves.append(leaf_hash(raw))
            self.database.execute("INSERT INTO audit_entry VALUES (?, ?, ?, ?)", (self.seq, year, raw, leaves[-1]))
        for (level, index), hashes in full_tiles(leaves).items():
            self.database.execute("INSERT INTO audit_tile VALUES (?, ?, ?, ?)", (year, level, index, hashes))
        note = self.sign(year, count, root_of(leaves))
        self.database.execute("INSERT INTO audit_checkpoint VALUES (?, ?, ?)", (year, count, note))
        return note

    def concern(self, entry: dict):
        message = uuid.uuid4()
        entry["subjects"] = [handle(secret, entry["id"]) for _, secret in self.persons]
        entry["casefile"] = handle(self.secret, entry["id"])
        entry["commitments"] = {f"{place}.identification.name": commitment(item) for place, item in enumerate(self.items)}
        entry["refs"] = {"message": str(message)}
        rows = [("person", person) for person, _ in self.persons] + [("casefile", self.casefile), ("message", message.bytes)]
        self.database.executemany("INSERT INTO audit_index VALUES (?, ?, ?)", [(*row, self.seq) for row in rows])

    def sign(self, year: int, size: int, root: bytes) -> str:
        origin = f"convenant/{OIN}/{year}"
        text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        public = self.signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        blob = key_id(origin, public) + self.signer.sign(text.encode())
        return f"{text}\n— {origin} {base64.b64encode(blob).decode()}\n"


# Each harm alone: SQL on convenant.sqlite unless it says keys.
HARMS = {
    "an entry changed": "UPDATE audit_entry SET entry = CAST(replace(CAST(entry AS TEXT), '\"number\":7}', '\"number\":8}') AS BLOB) WHERE seq = 8",
    "a leaf changed": "UPDATE audit_entry SET leaf = zeroblob(32) WHERE seq = 400",
    "an entry taken out": "DELETE FROM audit_entry WHERE seq = 500",
    "the tail cut": "DELETE FROM audit_entry WHERE seq = 900",
    "two entries swapped": "UPDATE audit_entry SET seq = CASE seq WHEN 10 THEN -1 ELSE 10 END WHERE seq IN (10, 12); UPDATE audit_entry SET seq = 12 WHERE seq = -1",
    "a tile taken out": "DELETE FROM audit_tile WHERE shard = 2026 AND idx = 1",
    "a tile changed": "UPDATE audit_tile SET hashes = zeroblob(8192) WHERE shard = 2025",
    "a tile too many": "INSERT INTO audit_tile VALUES (2026, 1, 0, zeroblob(8192))",
    "a checkpoint of another size": "UPDATE audit_checkpoint SET size = 599 WHERE shard = 2026",
    "a checkpoint respelled": "UPDATE audit_checkpoint SET note = replace(note, char(10) || '600' || char(10), char(10) || '0600' || char(10)) WHERE shard = 2026",
    "a checkpoint taken out": "DELETE FROM audit_checkpoint WHERE shard = 2025",
    "the first year taken out": "DELETE FROM audit_entry WHERE shard = 2025; DELETE FROM audit_tile WHERE shard = 2025; DELETE FROM audit_checkpoint WHERE shard = 2025",
    "an index row too many": "INSERT INTO audit_index SELECT kind, subject, 9 FROM audit_index WHERE kind = 'person' LIMIT 1",
    "an index row taken out": "DELETE FROM audit_index WHERE rowid = (SELECT rowid FROM audit_index WHERE kind = 'person' LIMIT 1)",
    "a message's row taken out": "DELETE FROM audit_index WHERE rowid = (SELECT rowid FROM audit_index WHERE kind = 'message' LIMIT 1)",
    "content of two persons exchanged": "UPDATE content SET person = (SELECT id FROM person WHERE id <> content.person)",
    "content changed": "UPDATE content SET sealed = CAST(sealed || x'00' AS BLOB)",
    "content taken out": "DELETE FROM content WHERE rowid = (SELECT min(rowid) FROM content)",
    "keys: two persons' exchanged": "UPDATE key SET id = CASE id WHEN 3 THEN -1 ELSE 3 END WHERE id IN (3, 4); UPDATE key SET id = 4 WHERE id = -1",
    "keys: a person erased, the index not": "UPDATE key SET wrapped = zeroblob(40) WHERE id = 3",
}


def verify(folder: pathlib.Path, *more: str) -> int:
    command = [sys.executable, str(pathlib.Path(__file__).with_name("verify_log.py")), "--data", str(folder), *more]
    return subprocess.run(command, capture_output=True, check=False).returncode


def main() -> int:
    outcome, work = {}, pathlib.Path(tempfile.mkdtemp())
    try:
        made = Folder(work / "data")
        (work / "kept").write_text(made.note)
        (work / "forged").write_text(made.sign(2026, 500, bytes(32)))
        (work / "longer").write_text(made.sign(2026, 601, bytes(32)))
        outcome["unharmed"] = verify(work / "data", "--checkpoint", str(work / "kept"), "--expect-commitment") == 0
        outcome["a rewritten log against a kept checkpoint"] = verify(work / "data", "--checkpoint", str(work / "forged")) == 1
        outcome["a cut log against a kept checkpoint"] = verify(work / "data", "--checkpoint", str(work / "longer")) == 1
        for name, harm in HARMS.items():
            shutil.copytree(work / "data", work / "harmed")
            database = sqlite3.connect(work / "harmed" / ("keys.sqlite" if name.startswith("keys:") else "convenant.sqlite"))
            database.executescript(harm)
            if database.total_changes == 0:
                raise SystemExit(f"the harm `{name}` harmed nothing")
            database.close()
            outcome[name] = verify(work / "harmed") == 1
            shutil.rmtree(work / "harmed")
        os.replace(work / "data" / "secrets" / "checkpoint.key", work / "gone")
        (work / "data" / "secrets" / "checkpoint.key").write_bytes(secrets.token_bytes(32))
        outcome["another key of the log"] = verify(work / "data") == 1
    finally:
        shutil.rmtree(work)
    print(json.dumps({"tried": len(outcome), "unnoticed": [name for name, found in outcome.items() if not found]}, indent=1))
    return 0 if all(outcome.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
