#!/usr/bin/env python3
"""Drives the pages of `convenant demo` in a real browser, and takes a picture of each.

    check_pages.py PROGRAM PICTURES [NAME…]     NAME: only those scenarios

Exits 1 when something is not as it must be.
"""

from __future__ import annotations

import pathlib
import sys
import time

import signals
import staff
from house import browser, demonstration, visit

SCENARIOS = signals.ALL + staff.ALL
WITHOUT_SCRIPT = {"without_script"}


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 64
    pictures = pathlib.Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with demonstration(sys.argv[1]) as house, browser() as chromium:
        for scenario in SCENARIOS:
            if sys.argv[3:] and scenario.__name__ not in sys.argv[3:]:
                continue
            start, before = time.monotonic(), len(faults)
            with visit(chromium, house, pictures, faults, scripted=scenario.__name__ not in WITHOUT_SCRIPT) as one:
                try:
                    scenario(one)
                except Exception as error:  # the first fault of a scenario ends it, not the others
                    one.page.screenshot(path=str(pictures / f"FAULT-{scenario.__name__}.png"), full_page=True)
                    one.fault(f"{scenario.__name__} at {one.path}: {type(error).__name__}: {str(error)[:300]}")
            verdict = "ok" if len(faults) == before else "FAILED"
            print(f"{verdict}: {scenario.__doc__.splitlines()[0]} ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"{len(faults)} faults, {len(list(pictures.glob('*.png')))} pictures")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
