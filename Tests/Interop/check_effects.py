#!/usr/bin/env python3
"""Compares what a data folder holds with what the clients know, sharing no code with the program.

usage: check_effects.py DATA < known.json
known.json: {"signals": [id], "referrals": [{"referralId", "messageId", "taskId"}]}, everything that was ever answered 201 on that folder;
with "atLeast": true, some of it.
Prints a line for each fault, else one line of counts. Exit code: 0 when all agrees, 1 when not. Works beside a running daemon.
"""
import collections
import json
import sqlite3
import sys
import uuid

OPEN = ("requested", "received", "accepted", "onHold", "inProgress")


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    known = json.load(sys.stdin)
    database = sqlite3.connect(f"file:{sys.argv[1]}/convenant.sqlite?mode=ro", uri=True, isolation_level=None, timeout=20)
    database.execute("ATTACH ? AS vault", (f"file:{sys.argv[1]}/keys.sqlite?mode=ro",))
    database.execute("BEGIN")  # one snapshot for all that follows
    faults: list[str] = []
    rows = lambda sql, *values: database.execute(sql, values).fetchall()
    ids = lambda sql: {str(uuid.UUID(bytes=row[0])) for row in rows(sql)}

    def same(what: str, answered: list[str], stored: set[str]) -> None:
        twice = [name for name, count in collections.Counter(answered).items() if count > 1]
        lost, extra = set(answered) - stored, stored - set(answered)
        if twice:
            faults.append(f"{what}: {len(twice)} ids were answered to more than one request")
        if lost:
            faults.append(f"{what}: {len(lost)} were answered 201 and are lost, such as {min(lost)}")
        if extra and not known.get("atLeast"):
            faults.append(f"{what}: {len(extra)} are stored that nobody was answered, such as {min(extra)}")

    def none(what: str, sql: str, *values) -> None:
        found = rows(sql, *values)[0][0]
        if found:
            faults.append(f"{found} {what}")

    referrals = known["referrals"]
    same("signals", known["signals"], ids("SELECT id FROM signal"))
    same("referrals", [one["referralId"] for one in referrals], ids("SELECT id FROM referral"))
    same("tasks", [one["taskId"] for one in referrals], ids("SELECT id FROM task"))
    same("messages", [one["messageId"] for one in referrals], ids("SELECT id FROM message WHERE kind = 'referral'"))

    marks = ",".join("?" * len(OPEN))
    none("open tasks without a deadline", f"SELECT count(*) FROM task WHERE state IN ({marks}) AND id NOT IN (SELECT task FROM open_task)", *OPEN)
    none("deadlines of tasks that are not open", f"SELECT count(*) FROM open_task WHERE task NOT IN (SELECT id FROM task WHERE state IN ({marks}))", *OPEN)
    none("waiting messages without bytes", "SELECT count(*) FROM message WHERE state IN ('queued', 'left') AND sealed IS NULL")
    none("persons without content or consent", "SELECT count(*) FROM person WHERE id NOT IN (SELECT person FROM consent) OR id NOT IN (SELECT person FROM content WHERE person IS NOT NULL)")
    for table in ("casefile", "person", "message"):
        none(
            f"keys of {table} rows that the vault does not have",
            f"SELECT count(*) FROM {table} WHERE key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM vault.key WHERE vault.key.id = {table}.key AND wrapped <> zeroblob(40))",
        )

    entries: dict[str, list[str]] = {"signal.filed": [], "message.sealed": []}
    for (entry,) in rows("SELECT entry FROM audit_entry"):
        entry = json.loads(entry)
        if entry["event"] in entries:
            entries[entry["event"]].append(entry["refs"]["signal" if entry["event"] == "signal.filed" else "message"])
    same("entries signal.filed", entries["signal.filed"], ids("SELECT id FROM signal"))
    same("entries message.sealed", entries["message.sealed"], ids("SELECT id FROM message"))

    size, newest = rows("SELECT (SELECT sum(size) FROM audit_checkpoint), (SELECT count(*) FROM audit_entry)")[0]
    if size != newest:
        faults.append(f"the checkpoints sign {size} entries of {newest}")
    if (found := rows("PRAGMA main.integrity_check")) != [("ok",)]:
        faults.append(f"integrity_check: {found[0][0]}")
    if found := rows("PRAGMA main.foreign_key_check"):
        faults.append(f"{len(found)} rows point to nothing")
    print("\n".join(faults) or f"{len(known['signals'])} signals, {len(referrals)} referrals, {newest} entries: all as answered")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
