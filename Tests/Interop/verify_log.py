#!/usr/bin/env python3
"""Verifies the log of a data folder with none of Convenant's code.

    verify_log.py --data DIR [--checkpoint FILE]… [--key FILE] [--public] [--scan N] [--expect-commitment]

Recomputes every leaf, tile and root (RFC 6962), checks the signed checkpoints and their chain over the years, and compares with
checkpoints that somebody else kept. With the folder's secrets it also recomputes handles, compares the index with them, decrypts content and
recomputes its commitments. `--public` leaves the secrets alone and needs `--key`, a file with a verifier key (C2SP signed-note).
Prints a JSON verdict; exit code 0 when all is well, 1 when anything is wrong, 65 when the folder cannot be read.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sqlite3
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from log_rows import Log
from log_tree import BadNote, verifier_key
from vault import KeyedCheck, Vault


def log_keys(arguments) -> list:
    if arguments.key:
        return [verifier_key(line) for line in arguments.key.read_text().splitlines() if line.strip()]
    secret = (arguments.data / "secrets" / "checkpoint.key").read_bytes()
    return [Ed25519PrivateKey.from_private_bytes(secret).public_key()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the data folder")
    parser.add_argument("--checkpoint", type=pathlib.Path, action="append", default=[], help="a checkpoint that somebody else kept")
    parser.add_argument("--key", type=pathlib.Path, help="verifier keys, one a line; without it the key in secrets/ is used")
    parser.add_argument("--public", action="store_true", help="check what needs no secret, and nothing else")
    parser.add_argument("--scan", type=int, default=20, metavar="N", help="persons and casefiles that are looked for in every entry (20)")
    parser.add_argument("--expect-commitment", action="store_true", help="fail when no commitment could be recomputed")
    arguments = parser.parse_args()
    if arguments.public and not arguments.key:
        parser.error("--public needs --key")
    try:
        database = sqlite3.connect(f"file:{arguments.data / 'convenant.sqlite'}?mode=ro", uri=True)
        database.execute("BEGIN")  # one snapshot, also beside a running daemon
        log = Log(database, log_keys(arguments), [path.read_text() for path in arguments.checkpoint])
        log.check()
        faults, keyed = log.faults, None
        if not arguments.public:
            check = KeyedCheck(database, Vault(arguments.data), log.entries, arguments.scan)
            check.check()
            faults, keyed = faults + check.faults, check.counts
            if arguments.expect_commitment and not keyed["commitments"]:
                faults.append("no commitment could be recomputed")
    except (OSError, sqlite3.Error, BadNote, ValueError) as fault:
        print(f"error: the data folder cannot be read: {type(fault).__name__}: {fault}", file=sys.stderr)
        return 65
    verdict = {"ok": not faults, "entries": len(log.entries), "shards": log.heads, "keyed": keyed, "faults": faults[:100], "faultCount": len(faults)}
    print(json.dumps(verdict, indent=1))
    return 0 if not faults else 1


if __name__ == "__main__":
    sys.exit(main())
