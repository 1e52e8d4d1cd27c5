#!/usr/bin/env python3
"""Reads the invitations of Tests/Vectors/calendar with the PyPI package `icalendar` and compares them with what is written here.

    check_icalendar.py [FOLDER]

Every property, every parameter and the order of versions must be as listed, and nothing else may stand there. The times are written in local
time and turned into UTC by Python's zone data, on both sides of the changes in March and October. Prints each fault; exit code 1 then.
"""

from __future__ import annotations

import pathlib
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import icalendar

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Vectors" / "calendar"
HAGUE = ZoneInfo("Europe/Amsterdam")
UID = "3f0c9c1e-8f6f-4c55-9d58-0f3a5a3c7e11"
ORGANIZER, ATTENDEE = "urn:nld:oin:00000099000000001000", "urn:nld:oin:00000099000000002000"
FRIDAY = {"march": datetime(2009, 3, 27, 13, 30, tzinfo=HAGUE), "october": datetime(2009, 10, 23, 13, 30, tzinfo=HAGUE)}
MONDAY = {"march": datetime(2009, 3, 30, 13, 30, tzinfo=HAGUE), "october": datetime(2009, 10, 26, 13, 30, tzinfo=HAGUE)}
# name: method, sequence, which day, minutes, days before the Friday on which it was made (by the hour that never changes)
KINDS = {
    "request": ("REQUEST", 0, FRIDAY, 60, 21),
    "update": ("REQUEST", 1, MONDAY, 90, 20),
    "cancellation": ("CANCEL", 2, MONDAY, 90, 19),
}
COMMENT = "Antwoorden kan via de API van het contactpunt, niet vanuit de agenda."


def form_faults(raw: bytes) -> list[str]:
    """What a lenient reader would pass over: line ends, line lengths, characters."""
    faults = []
    if not raw.endswith(b"\r\n") or b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        faults.append("a line does not end with CRLF")
    for line in raw.split(b"\r\n"):
        if len(line) > 75:
            faults.append(f"a line of {len(line)} octets")
        try:
            line.decode()
        except UnicodeDecodeError:
            faults.append("a fold splits a character")
    if any(word in raw.lower() for word in (b"http", b"mailto", b"www.")):
        faults.append("a link or an address")
    return faults


def faults_of(raw: bytes, name: str, month: str) -> list[str]:
    method, sequence, day, minutes, before = KINDS[name]
    faults = form_faults(raw)
    calendar = icalendar.Calendar.from_ical(raw)
    event = calendar.walk("VEVENT")[0]
    if len(calendar.subcomponents) != 1 or event.subcomponents:
        faults.append("not exactly one event without parts")
    if calendar.errors or event.errors:
        faults.append("the reader found errors")

    def same(what: str, found, expected):
        if found != expected:
            faults.append(f"{what}: {found!r} instead of {expected!r}")

    same("calendar", {key: str(value) for key, value in calendar.items()}, {
        "VERSION": "2.0", "PRODID": "-//Convenant//Convenant 1//NL", "METHOD": method})
    start = day[month].astimezone(timezone.utc)
    stamp = FRIDAY[month].astimezone(timezone.utc) - timedelta(days=before)
    expected = {
        "UID": UID, "SEQUENCE": sequence, "DTSTAMP": stamp, "DTSTART": start, "DTEND": start + timedelta(minutes=minutes),
        "SUMMARY": "Overleg", "CLASS": "CONFIDENTIAL", "ORGANIZER": ORGANIZER, "ATTENDEE": ATTENDEE,
    }
    expected |= {"STATUS": "CANCELLED"} if method == "CANCEL" else {"COMMENT": COMMENT}
    parameters = {"ORGANIZER": {"CN": "Voorzitter MDA"}, "ATTENDEE": {"CN": "Genodigde", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}}
    same("properties", sorted(event), sorted(expected))
    for key, value in event.items():
        found = value.dt if key.startswith("DT") else int(value) if key == "SEQUENCE" else str(value)
        same(key, found, expected.get(key))
        if key.startswith("DT"):
            same(f"{key} is in UTC", found.utcoffset(), timedelta(0))
            continue  # the reader adds what it made of the time
        same(f"{key}'s parameters", {name: str(said) for name, said in value.params.items()}, parameters.get(key, {}))
    return faults


def main() -> int:
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else FOLDER
    wanted = {f"{name}-{month}.ics": (name, month) for name in KINDS for month in FRIDAY}
    faults = []
    if {path.name for path in folder.glob("*.ics")} != set(wanted):
        faults.append(f"the files are not {', '.join(sorted(wanted))}")
    for file, (name, month) in wanted.items():
        try:
            faults += [f"{file}: {fault}" for fault in faults_of((folder / file).read_bytes(), name, month)]
        except (OSError, ValueError, IndexError) as error:
            faults.append(f"{file}: cannot be read: {error}")
    print("\n".join(faults) or f"{len(wanted)} invitations, each as it should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
