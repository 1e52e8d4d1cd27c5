#!/usr/bin/env python3
"""Reads every file of Tests/Vectors/sealed with joserfc and says where the outcome is not the expected one. Exit code 1 then."""

from __future__ import annotations

import json
import sys

import sealing


def outcome(vector: dict, keys: dict) -> tuple[str, dict | None]:
    compact = vector["compact"].encode()
    try:
        if vector["object"] == "receipt":
            return "ok", sealing.verify_receipt(compact, keys[vector.get("keys", "partnerKeys")], keys["oin"], keys["exchangeOin"])
        now = sealing.instant(vector["now"])
        return "ok", sealing.open_sealed(compact, keys["enc"][vector["enc"]], keys["exchangeKeys"], keys["exchangeOin"], keys["oin"], now)
    except sealing.Refused as refused:
        return refused.code, None


def main() -> int:
    folder = sealing.VECTORS / "sealed"
    keys = json.loads((folder / "keys.json").read_text())
    wrong = 0
    files = [path for path in sorted(folder.glob("*.json")) if path.name != "keys.json"]
    for path in files:
        vector = json.loads(path.read_text())
        found, payload = outcome(vector, keys)
        if found != vector["expect"] or payload != vector.get("payload"):
            wrong += 1
            print(f"{path.stem}: {found} instead of {vector['expect']}", file=sys.stderr)
    print(json.dumps({"vectors": len(files), "wrong": wrong}))
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
