#!/usr/bin/env python3
"""Replays the year 2009 with the built program and checks what it comes to.

check_year.py BINARY [--policies DIR] [--kills N] [--changes] [--seed N]

Twice from nothing: the same bytes, and the published figures; each time the log holds and every decision is replayed.
With --changes once after each change: only the figures that must follow.
With --kills N the process is killed N times at random moments and started again on the same data: the same bytes as without.
Prints a line for each run; ends with 1 when something is not as it must be.
"""
import argparse
import json
import random
import subprocess
import sys
import tempfile
import time

PUBLISHED = {
    "signals": 498, "meldcode": 388, "otherChannels": 110, "handledDirectly": 42, "takenOn": 456, "meetings": 53, "transfers": 19,
}
CHANGES = {
    "channel": {"meldcode": 387, "otherChannels": 111},
    "desk": {"handledDirectly": 43, "takenOn": 455},
    "meeting": {"meetings": 52},
}


def command(options, data, *more):
    line = [options.binary, "demo", "--year", "2009", "--json", "--data", data, *more]
    return line + (["--policies", options.policies] if options.policies else [])


def examine(options, data):
    """The log holds, and every decision of the year comes out again as the same bytes."""
    for question in (["log", "verify"], ["policy", "replay", "--all"]):
        verdict = subprocess.run([options.binary, *question, "--data", data], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if verdict.returncode:
            sys.exit(f"`{' '.join(question)}` ended with {verdict.returncode}: {verdict.stdout.decode()[-400:]}")


def run(options, *more):
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        done = subprocess.run(command(options, folder + "/data", *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        seconds = time.monotonic() - start
        if done.returncode:
            sys.exit(f"ended with {done.returncode}: {done.stderr.decode()[-400:]}")
        examine(options, folder + "/data")
    return done.stdout, seconds


def killed(options, seconds, moments):
    """Kills the replay at random moments and lets it end; where it stood each time.

    So many kills have room in a year that takes this long; on a machine that became faster meanwhile it may be over before the last.
    """
    stood = []
    with tempfile.TemporaryDirectory() as folder:
        data = folder + "/data"
        while len(stood) < options.kills:
            process = subprocess.Popen(command(options, data), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                _, said = process.communicate(timeout=moments.uniform(0.2, seconds / options.kills))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
            else:
                if process.returncode:
                    where = f"after {len(stood)} kills (seed {options.seed}, {', '.join(stood)})"
                    sys.exit(f"{where} it ended with {process.returncode}: {said.decode()[-400:]}")
                if not stood:
                    sys.exit("the year was over before the first kill")
                break
            try:
                stood.append(open(data + "/calendar").read()[:10])
            except FileNotFoundError:
                stood.append("before it began")
        done = subprocess.run(command(options, data), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            sys.exit(f"after the kills it ended with {done.returncode}: {done.stderr.decode()[-400:]}")
        examine(options, data)
    return done.stdout, stood


def demand(found, wanted, what):
    wrong = {name: (found.get(name), value) for name, value in wanted.items() if found.get(name) != value}
    if wrong:
        sys.exit(f"{what}: " + ", ".join(f"{name} is {was} and not {must}" for name, (was, must) in wrong.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--policies")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--changes", action="store_true")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()

    first, seconds = run(options)
    demand(json.loads(first), PUBLISHED, "the year")
    print(f"the year: as published, {seconds:.0f} s", flush=True)
    second, seconds = run(options)
    if first != second:
        sys.exit("a second run printed other bytes")
    print(f"again: the same {len(first)} bytes, {seconds:.0f} s", flush=True)
    if options.changes:
        for change, figures in CHANGES.items():
            changed, seconds = run(options, "--change", change)
            demand(json.loads(changed), PUBLISHED | figures, f"--change {change}")
            said = ", ".join(f"{name} {value}" for name, value in figures.items())
            print(f"--change {change}: {said}, the other published figures as they were, {seconds:.0f} s", flush=True)
    if options.kills:
        output, stood = killed(options, seconds, random.Random(options.seed))
        if output != first:
            sys.exit(f"after {len(stood)} kills it printed other bytes (seed {options.seed}, killed at {', '.join(stood)})")
        print(f"killed {len(stood)} times (calendar at {', '.join(stood)}): the same bytes", flush=True)


if __name__ == "__main__":
    main()
