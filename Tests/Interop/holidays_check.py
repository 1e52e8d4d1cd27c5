#!/usr/bin/env python3
"""The Dutch public holidays of 2000 to 2050 by the PyPI package `holidays`, as the text vector Tests/Vectors/dutch-holidays.txt.

    pip install holidays
    holidays_check.py                  prints the list
    holidays_check.py --check FILE     exits 1 and shows the differences when FILE says otherwise

Two things are settled here and not by the package: Good Friday, which it lists, is a working day in Convenant; and 5 May counts in
lustrum years only, which is how its category `public` has it.
"""
import difflib
import sys

import holidays

HEAD = [
    "# dutch public holidays 2000-2050, without Good Friday, 5 May in lustrum years; made by Tests/Interop/holidays_check.py",
]


def expected() -> list[str]:
    found = holidays.country_holidays("NL", years=range(2000, 2051), language="en_US", categories=("public",))
    return HEAD + [f"{day} {name}" for day, name in sorted(found.items()) if name != "Good Friday"]


def main() -> int:
    lines = expected()
    if sys.argv[1:2] == ["--check"] and len(sys.argv) == 3:
        with open(sys.argv[2], encoding="utf-8") as file:
            difference = list(difflib.unified_diff(file.read().splitlines(), lines, sys.argv[2], "holidays", lineterm=""))
        print("\n".join(difference) or "the same")
        return 1 if difference else 0
    if len(sys.argv) > 1:
        print("usage: holidays_check.py [--check FILE]", file=sys.stderr)
        return 64
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
