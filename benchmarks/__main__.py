"""``python -m benchmarks [--quick | --full] [NAME...]``: measure, print, append a line to the record.

The record is reports/bench/bench.jsonl, one JSON document a line.
"""

import argparse
import importlib
import json
import sys
from datetime import UTC, datetime

from benchmarks.figure import FULL, QUICK, USUAL, Figure, table
from benchmarks.machine import ROOT, describe

NAMES = ("unit", "startup", "drill", "tandem", "twin", "scale", "growth", "study")
LINES = ROOT / "reports" / "bench" / "bench.jsonl"


def main() -> int:
    """Run the benchmarks that were asked for; return how many targets were missed, at most 1."""
    asked = _arguments()
    line = {"date": asked.date, "size": asked.size, "machine": describe(), "figures": {}}
    found: list[Figure] = []
    for name in asked.names or NAMES:
        figures = importlib.import_module(f"benchmarks.{name}").measure(asked.size)
        print(f"{name}\n{table(figures)}\n", flush=True)
        line["figures"][name] = {figure.name: figure.entry() for figure in figures}
        found += figures
    line["missed"] = [figure.name for figure in found if figure.met is False]
    if asked.size == QUICK:
        print("small sizes are not written down")
        return 0
    LINES.parent.mkdir(parents=True, exist_ok=True)
    with LINES.open("a") as out:
        out.write(json.dumps(line) + "\n")
    print(f"appended to {LINES.relative_to(ROOT)}; {len(line['missed'])} targets missed")
    return 1 if line["missed"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure how fast the simulator is."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(NAMES)} (all of them)"
    )
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument(
        "--quick", dest="size", action="store_const", const=QUICK, help="small sizes: does it run at all"
    )
    sizes.add_argument(
        "--full", dest="size", action="store_const", const=FULL, help="up to 10^8 writes; takes an hour"
    )
    parser.add_argument(
        "--date", default=datetime.now(UTC).isoformat(timespec="seconds"), help="the date to write down (now)"
    )
    parser.set_defaults(size=USUAL)
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
