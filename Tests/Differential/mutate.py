#!/usr/bin/env python3
"""Breaks the gate on purpose, one rule at a time, and demands that a test notices.

    Tests/Differential/mutate.py [--list] [--only PATTERN] [--scratch DIR]

In a copy of the two pure targets and their tests, each rule call of DecideDisclosure.swift is deleted, and each guard, condition and
comparison of Rules/*.swift, ApplicableLaw.swift, StatuteIndex.swift, Voices.swift and ConsentAge.swift is negated or moved by one. A
mutant that does not compile does not count; one that passes every test survives and is printed. Survivors that are known to change
nothing stand in equivalent.txt beside this file, each with the reason.
Exit code: 0 when every other mutant was caught, 1 when one survived.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GATE = "Sources/Disclosure"
PACKAGE = """// swift-tools-version: 6.2
import PackageDescription
let package = Package(
    name: "mutant", platforms: [.macOS(.v15)],
    targets: [
        .target(name: "Casework", exclude: ["Casework.docc"]),
        .target(name: "Disclosure", dependencies: ["Casework"], exclude: ["Disclosure.docc"]),
        .testTarget(name: "DisclosureTests", dependencies: ["Disclosure", "Casework"]),
    ], swiftLanguageModes: [.v6])
"""
# The cheap tests first: most mutants die in a second.
STAGES = ["VectorTests", "decisionTable|MinimiseTests", "StatuteLawTests", "LawTests/", "randomQuestions"]
SWAPS = [(" == ", " != "), (" != ", " == "), (" && ", " || "), (" || ", " && "), (" < ", " <= "), (" <= ", " < "), (" > ", " >= "),
         ("?? true", "?? false"), ("?? false", "?? true")]


def code(line: str) -> str:
    """The line without its comment."""
    return "" if line.lstrip().startswith("//") else line


def mutants(root: pathlib.Path):
    """Every mutant as (file, line number, what, the new line)."""
    name = f"{GATE}/DecideDisclosure.swift"
    for number, line in enumerate((root / name).read_text().split("\n")):
        if re.search(r"^\s+\w+Rule\(&verdict, circumstances\)$", line):
            yield name, number, "rule deleted", ""
        elif code(line).lstrip().startswith("if ") and line.rstrip().endswith("}"):
            yield name, number, "check deleted", ""
    others = ("ApplicableLaw.swift", "StatuteIndex.swift", "Voices.swift", "ConsentAge.swift")
    files = sorted((root / GATE / "Rules").glob("*.swift")) + [root / GATE / name for name in others]
    for path in files:
        name = str(path.relative_to(root))
        for number, line in enumerate(path.read_text().split("\n")):
            text = code(line)
            if text.lstrip().startswith("case ."):
                if re.search(r": (true|false)$", text):
                    flipped = text[:-4] + "false" if text.endswith("true") else text[:-5] + "true"
                    yield name, number, "answer negated", flipped
            if simple := re.match(r"^(\s*(?:\} else )?if )([^,{]+)( \{.*)$", text):
                if not re.search(r"\b(let|case|var)\b", simple[2]):
                    yield name, number, "condition negated", f"{simple[1]}!({simple[2]}){simple[3]}"
            if guard := re.match(r"^(\s*guard )([^,]+)( else \{.*)$", text):
                if not re.search(r"\b(let|case|var)\b", guard[2]):
                    yield name, number, "guard negated", f"{guard[1]}!({guard[2]}){guard[3]}"
            for old, new in SWAPS:
                for found in re.finditer(re.escape(old), text):
                    yield name, number, f"`{old.strip()}` to `{new.strip()}`", text[: found.start()] + new + text[found.end() :]
            if re.match(r"^\s+case .*: verdict\.bar\(.*\)$", text):
                yield name, number, "bar deleted", text[: text.index(": verdict")] + ": break"
            if re.match(r"^\s+(return )?verdict\.(bar|keepOnly)\(", text) and text.rstrip().endswith(")"):
                yield name, number, "bar deleted", "return" if "return" in text else ""
            for found in re.finditer(r"(?<![\w.)])!(?=[\w$])", text):
                yield name, number, "`!` removed", text[: found.start()] + text[found.end() :]


def run(folder: pathlib.Path, command: list[str], limit: int) -> tuple[bool, str]:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return False, "took too long"
    return done.returncode == 0, done.stdout + done.stderr


def fate(folder: pathlib.Path) -> str:
    """`does not compile`, `survived`, or the stage that caught it."""
    built, said = run(folder, ["swift", "build", "--build-tests"], 900)
    if not built:
        return "does not compile" if "error:" in said else f"cannot be built: {said[-300:]}"
    bundle = next((folder / ".build" / "debug").glob("*.xctest"))
    for stage in STAGES:
        passed, _ = run(folder, [str(bundle), "--testing-library", "swift-testing", "--filter", stage], 600)
        if not passed:
            return f"caught by {stage}"
    return "survived"


def known() -> dict[str, str]:
    """The survivors that change nothing, as `file: what: the line` to why."""
    reasons: dict[str, str] = {}
    for line in (HERE / "equivalent.txt").read_text().split("\n"):
        if line.strip() and not line.startswith("#"):
            mutant, reason = line.split(" — ", 1)
            reasons[mutant.strip()] = reason.strip()
    return reasons


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print the mutants and end")
    parser.add_argument("--only", default="", help="only mutants whose description fits this pattern")
    parser.add_argument("--scratch", help="the folder of the copy (default: a new one, removed at the end)")
    options = parser.parse_args()
    chosen = []
    for name, number, what, changed in mutants(ROOT):
        line = (ROOT / name).read_text().split("\n")[number].strip()
        told = f"{pathlib.Path(name).name}: {what}: {line}"
        if re.search(options.only, told):
            chosen.append((told, name, number, changed))
    if options.list:
        print("\n".join(told for told, *_ in chosen))
        return 0
    folder = pathlib.Path(options.scratch or tempfile.mkdtemp(prefix="convenant-mutants-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for part in ("Sources/Casework", GATE, "Tests/DisclosureTests", "Tests/Vectors/decisions"):
            shutil.copytree(ROOT / part, folder / part, dirs_exist_ok=True)
        (folder / "Package.swift").write_text(PACKAGE)
        if (unchanged := fate(folder)) != "survived":
            print(f"error: without a change: {unchanged} (hint: repair the tests first)", file=sys.stderr)
            return 69
        equivalent, survivors, counts = known(), [], {}
        for place, (told, name, number, changed) in enumerate(chosen, 1):
            path, start = folder / name, time.monotonic()
            original = path.read_text()
            lines = original.split("\n")
            lines[number] = changed
            path.write_text("\n".join(lines))
            try:
                outcome = fate(folder)
            finally:
                path.write_text(original)
            if outcome == "survived":
                if told in equivalent:
                    outcome = "survived, and changes nothing"
                else:
                    survivors.append(told)
            counts[outcome] = counts.get(outcome, 0) + 1
            print(f"{place}/{len(chosen)} {outcome} ({time.monotonic() - start:.0f} s): {told}", flush=True)
        for outcome, number in sorted(counts.items()):
            print(f"{number} {outcome}")
        print("\n".join(f"SURVIVED {told}" for told in survivors) or "every mutant that changes something was caught")
        return 1 if survivors else 0
    finally:
        if not options.scratch:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
