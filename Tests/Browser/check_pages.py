#!/usr/bin/env python3
"""Drives the pages of `convenant demo` in a real browser, and takes a picture of each.

    check_pages.py PROGRAM PICTURES [NAME…]     NAME: only those scenarios

Exits 1 when something is not as it must be.
"""

from __future__ import annotations

import pathlib
import statistics
import sys
import time

import records
import signals
import staff
import towns
from playwright.sync_api import Browser

from house import House, browser, demonstration, visit

HOUSES = [
    (demonstration, signals.ALL + staff.ALL + records.ALL),
    (towns.without_consent, records.WITHOUT_CONSENT),
    (towns.at_work, towns.ALL),
]
WITHOUT_SCRIPT = {"without_script"}


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 64
    pictures = pathlib.Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    served: dict[str, list[tuple[int, float]]] = {}
    for opened, scenarios in HOUSES:
        chosen = [scenario for scenario in scenarios if not sys.argv[3:] or scenario.__name__ in sys.argv[3:]]
        if chosen:
            with opened(sys.argv[1]) as house, browser() as chromium:
                play(chosen, house, chromium, pictures, faults)
                served |= house.served
    show(served)
    print(f"{len(faults)} faults, {len(list(pictures.glob('*.png')))} pictures")
    return 1 if faults else 0


def show(served: dict[str, list[tuple[int, float]]]) -> None:
    """What each page weighs, and how long the daemon takes for it."""
    width = max(map(len, served), default=0)
    print(f"{'page':<{width}}  {'times':>5}  {'KB':>5}  {'median ms':>9}  {'worst ms':>8}")
    for page, seen in sorted(served.items(), key=lambda item: item[0][5:]):
        times = [time for _, time in seen]
        kilobytes = max(weight for weight, _ in seen) / 1024
        print(f"{page:<{width}}  {len(seen):>5}  {kilobytes:>5.1f}  {statistics.median(times):>9.1f}  {max(times):>8.1f}")


def play(scenarios: list, house: House, chromium: Browser, pictures: pathlib.Path, faults: list[str]) -> None:
    """Plays scenarios one after the other; a fault of one does not end the others."""
    for scenario in scenarios:
        start, before = time.monotonic(), len(faults)
        with visit(chromium, house, pictures, faults, scripted=scenario.__name__ not in WITHOUT_SCRIPT) as one:
            try:
                scenario(one)
            except Exception as error:  # the first fault of a scenario ends it, not the others
                one.page.screenshot(path=str(pictures / f"FAULT-{scenario.__name__}.png"), full_page=True)
                one.fault(f"{scenario.__name__} at {one.path}: {type(error).__name__}: {str(error)[:300]}")
        verdict = "ok" if len(faults) == before else "FAILED"
        print(f"{verdict}: {scenario.__doc__.splitlines()[0]} ({time.monotonic() - start:.1f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
