"""Keys of a data folder, after Storage.docc alone: who holds the secrets can name a person's entries and open what was committed to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pathlib
import sqlite3
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from log_rows import canonical


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sub_key(secret: bytes, label: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"convenant/1/{label}".encode()).derive(secret)


def handle(secret: bytes, entry_id: str) -> str:
    return b64u(hmac.digest(sub_key(secret, "log"), entry_id.encode(), "sha256"))


class Vault:
    """Unwraps what `keys.sqlite` holds."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.keys = sqlite3.connect(f"file:{folder / 'keys.sqlite'}?mode=ro", uri=True)

    def secret(self, row: int) -> bytes | None:
        """The 32 bytes of a key; None when it was destroyed."""
        found = self.keys.execute("SELECT epoch, wrapped FROM key WHERE id = ?", (row,)).fetchone()
        if found is None or found[1] == bytes(40):
            return None
        kek = (self.folder / "secrets" / f"kek-{found[0]}.key").read_bytes()
        return aes_key_unwrap(kek, found[1])


class Holder:
    """A person or a casefile: its entries by handle, its content by its key."""

    def __init__(self, kind: str, row_id: bytes, key: int, vault: Vault):
        self.kind, self.row_id, self.secret = kind, row_id, vault.secret(key)
        self.name = f"{kind} {uuid.UUID(bytes=row_id)}"

    def is_in(self, entry: dict) -> bool:
        mine = handle(self.secret, entry["id"])
        return mine in entry["subjects"] if self.kind == "person" else mine == entry.get("casefile")

    def items(self, database: sqlite3.Connection) -> list[dict]:
        """What its content rows hold, decrypted."""
        where = "person = ?" if self.kind == "person" else "person IS NULL AND casefile = ?"
        items = []
        for row_id, wrapped, sealed in database.execute(f"SELECT id, wrapped_key, sealed FROM content WHERE {where}", (self.row_id,)):
            data_key = aes_key_unwrap(sub_key(self.secret, "content"), wrapped)
            items += json.loads(AESGCM(data_key).decrypt(sealed[:12], sealed[12:], row_id))
        return items

    def committed(self, entry: dict) -> dict[str, str]:
        """The commitments of an entry that are about this holder, by field path."""
        commitments = entry.get("commitments", {})
        if self.kind == "casefile":
            return {path: digest for path, digest in commitments.items() if not path.split(".")[0].isdigit()}
        place = f"{entry['subjects'].index(handle(self.secret, entry['id']))}."
        return {path.removeprefix(place): digest for path, digest in commitments.items() if path.startswith(place)}


def commitment(item: dict) -> str:
    return b64u(hashlib.sha256(base64.b64decode(item["salt"], validate=True) + canonical(item["value"])).digest())


class KeyedCheck:
    """What only the folder's keys can show: handles, the index, commitments."""

    def __init__(self, database: sqlite3.Connection, vault: Vault, entries: dict[int, dict], scan: int):
        self.database, self.vault, self.entries, self.scan = database, vault, entries, scan
        self.faults: list[str] = []
        self.counts = {"persons": 0, "casefiles": 0, "erased": 0, "handles": 0, "commitments": 0, "messages": 0}

    def check(self):
        for kind in ("person", "casefile"):
            for row_id, key in self.database.execute(f"SELECT id, key FROM {kind} ORDER BY id").fetchall():
                try:
                    self.check_holder(Holder(kind, row_id, key, self.vault))
                except (InvalidUnwrap, InvalidTag, ValueError, KeyError, OSError) as fault:
                    self.faults.append(f"{kind} {uuid.UUID(bytes=row_id)} cannot be opened: {type(fault).__name__}")
        self.check_messages()

    def indexed(self, kind: str, row_id: bytes) -> set[int]:
        rows = self.database.execute("SELECT seq FROM audit_index WHERE kind = ? AND subject = ?", (kind, row_id))
        return {seq for (seq,) in rows}

    def check_holder(self, holder: Holder):
        seqs = self.indexed(holder.kind, holder.row_id)
        if holder.secret is None:
            self.counts["erased"] += 1
            if seqs:
                self.faults.append(f"{holder.name} was erased, and the index still names {len(seqs)} entries")
            return
        scanned = self.counts[f"{holder.kind}s"] < self.scan
        self.counts[f"{holder.kind}s"] += 1
        mine = {seq for seq in (self.entries if scanned else seqs & self.entries.keys()) if holder.is_in(self.entries[seq])}
        if mine != seqs:
            self.faults.append(f"{holder.name}: the index and the handles differ in entries {sorted(mine ^ seqs)[:10]}")
        self.counts["handles"] += len(mine)
        kept: dict[str, set[str]] = {}
        for item in holder.items(self.database):
            kept.setdefault(item["field"], set()).add(commitment(item))
        for seq in sorted(mine):
            for path, digest in holder.committed(self.entries[seq]).items():
                if digest in kept.get(path, set()):
                    self.counts["commitments"] += 1
                else:
                    self.faults.append(f"{holder.name}: entry {seq} commits to a `{path}` that is not what is kept")

    def check_messages(self):
        expected = {}
        for seq, entry in self.entries.items():
            if "message" in entry["refs"]:
                expected.setdefault(uuid.UUID(entry["refs"]["message"]).bytes, set()).add(seq)
        found = {}
        for subject, seq in self.database.execute("SELECT subject, seq FROM audit_index WHERE kind = 'message'"):
            found.setdefault(subject, set()).add(seq)
        for message in expected.keys() | found.keys():
            self.counts["messages"] += 1
            if expected.get(message) != found.get(message):
                self.faults.append(f"message {uuid.UUID(bytes=message)}: the index and the entries differ")
