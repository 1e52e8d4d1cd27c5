"""The log as a data folder stores it, row by row: entries, leaves, tiles, checkpoints and their chain over the years."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from log_tree import BadNote, full_tiles, leaf_hash, open_note, root_of

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
B64U32 = re.compile(r"[A-Za-z0-9_-]{43}")
REQUIRED = {"v", "id", "at", "event", "actor", "subjects", "refs", "facts"}


def canonical(value) -> bytes:
    """RFC 8785 for what an entry may hold: objects, lists, strings, whole numbers. Names sort by their UTF-16 code units."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{" + b",".join(canonical(name) + b":" + canonical(value[name]) for name in names) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, float):
        raise ValueError("a fraction")
    return json.dumps(value, ensure_ascii=False).encode()


def entry_fault(raw: bytes, shard: int) -> str | None:
    """What is wrong with the form of an entry (contract section 6); None when nothing is."""
    try:
        entry = json.loads(raw.decode())
        if canonical(entry) != raw:
            return "not canonical"
    except (ValueError, RecursionError):
        return "not json"
    if not isinstance(entry, dict) or not REQUIRED <= set(entry) or entry["v"] != 1:
        return "members"
    if not UUID.fullmatch(entry["id"]) or not TIME.fullmatch(entry["at"]):
        return "id or time"
    try:
        datetime.fromisoformat(entry["at"].replace("Z", "+00:00"))
    except ValueError:
        return "id or time"
    if int(entry["at"][:4]) > shard:
        return "shard"
    if entry["actor"].get("kind") not in ("staff", "partner", "daemon", "resident"):
        return "actor"
    handles = entry["subjects"] + ([entry["casefile"]] if "casefile" in entry else [])
    if not all(B64U32.fullmatch(text) for text in [*handles, *entry.get("commitments", {}).values()]):
        return "handles or commitments"
    return None


class Log:
    """Reads and checks; every fault found is a line in `faults`."""

    def __init__(self, database: sqlite3.Connection, keys: list[Ed25519PublicKey], outside: list[str]):
        self.database, self.keys = database, keys
        self.faults: list[str] = []
        self.entries: dict[int, dict] = {}
        self.heads: list[dict] = []
        self.outside = []
        for note in outside:
            try:
                self.outside.append(open_note(note, keys))
            except BadNote as fault:
                self.faults.append(f"the checkpoint from outside is not signed by this log: {fault}")

    def check(self):
        shards: dict[int, list[bytes]] = {}
        firsts: dict[int, dict] = {}
        expected = 1
        for seq, shard, raw, leaf in self.database.execute("SELECT seq, shard, entry, leaf FROM audit_entry ORDER BY seq"):
            if seq != expected:
                self.faults.append(f"entry {seq} stands where entry {expected} must")
            expected = seq + 1
            if shards and shard < max(shards):
                self.faults.append(f"entry {seq} of shard {shard} comes after shard {max(shards)}")
            if bytes(leaf) != leaf_hash(raw):
                self.faults.append(f"entry {seq} and its leaf do not belong together")
            fault = entry_fault(raw, shard)
            if fault:
                self.faults.append(f"entry {seq} is no entry of version 1: {fault}")
            else:
                self.entries[seq] = json.loads(raw)
                firsts.setdefault(shard, self.entries[seq] if shard not in shards else {})
            shards.setdefault(shard, []).append(leaf_hash(raw))
        previous = None
        for shard, leaves in shards.items():
            self.check_shard(shard, leaves, firsts.get(shard, {}), previous)
            row = self.database.execute("SELECT note FROM audit_checkpoint WHERE shard = ?", (shard,)).fetchone()
            previous = row[0] if row else None
        for table in ("audit_tile", "audit_checkpoint"):
            for (shard,) in self.database.execute(f"SELECT DISTINCT shard FROM {table}"):
                if shard not in shards:
                    self.faults.append(f"{table} holds shard {shard}, of which there are no entries")
        origins = {head["origin"] for head in self.heads}
        for checkpoint in self.outside:
            if checkpoint.origin not in origins and checkpoint.size > 0:
                self.faults.append(f"the log that the checkpoint from outside is of, `{checkpoint.origin}`, is not here")

    def check_shard(self, shard: int, leaves: list[bytes], first: dict, previous: str | None):
        tiles = {
            (level, index): bytes(hashes)
            for level, index, hashes in self.database.execute("SELECT level, idx, hashes FROM audit_tile WHERE shard = ?", (shard,))
        }
        ours = full_tiles(leaves)
        for place in sorted(ours.keys() | tiles.keys()):
            if ours.get(place) != tiles.get(place):
                self.faults.append(f"tile {place[1]} of level {place[0]} in shard {shard} is missing, wrong or too many")
        if previous is not None and (first.get("event") != "shard.opened" or first.get("facts", {}).get("checkpoint") != previous):
            self.faults.append(f"shard {shard} does not begin with the last checkpoint of the one before")
        row = self.database.execute("SELECT size, note FROM audit_checkpoint WHERE shard = ?", (shard,)).fetchone()
        if row is None:
            self.faults.append(f"shard {shard} has no checkpoint")
            return
        try:
            signed = open_note(row[1], self.keys)
        except BadNote as fault:
            self.faults.append(f"the checkpoint of shard {shard} is not signed by this log: {fault}")
            return
        if row[1].count("\n") != 5:
            self.faults.append(f"the checkpoint of shard {shard} holds more than one signature")
        if not re.fullmatch(rf"convenant/[0-9]{{20}}/{shard}(/simulated)?", signed.origin):
            self.faults.append(f"the checkpoint of shard {shard} names `{signed.origin}`")
        if not signed.size == row[0] == len(leaves):
            self.faults.append(f"the checkpoint of shard {shard} counts {signed.size} entries, its row {row[0]}, and there are {len(leaves)}")
        elif signed.root != root_of(leaves):
            self.faults.append(f"the entries of shard {shard} do not have the root of its checkpoint")
        for checkpoint in self.outside:
            if checkpoint.origin != signed.origin:
                continue
            if checkpoint.size > len(leaves):
                self.faults.append(f"shard {shard} was cut: {len(leaves)} entries, and someone holds a checkpoint over {checkpoint.size}")
            elif checkpoint.root != root_of(leaves[: checkpoint.size]):
                self.faults.append(f"the first {checkpoint.size} entries of shard {shard} were rewritten")
        self.heads.append({"origin": signed.origin, "size": signed.size, "root": signed.root.hex()})
