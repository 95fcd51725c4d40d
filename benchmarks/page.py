"""``python -m benchmarks.page``: put the newest whole set of figures into the documents.

README.md gets those that have a target, docs/performance.md all of them.
"""

import json
import re

from benchmarks.__main__ import LINES, NAMES
from benchmarks.figure import QUICK
from benchmarks.machine import ROOT

BLOCK = re.compile(r"(<!-- bench-figures -->\n).*?(<!-- /bench-figures -->)", re.DOTALL)


def newest() -> dict:
    """Return the newest line, with the newest figures of every benchmark at its usual size or more.

    Raises LookupError where a benchmark has none.
    """
    lines = [json.loads(line) for line in LINES.read_text().splitlines()] if LINES.exists() else []
    lines = [line for line in lines if line["size"] != QUICK]
    found = {name: figures for line in lines for name, figures in line["figures"].items()}
    missing = [name for name in NAMES if name not in found]
    if missing:
        raise LookupError(f"no line in {LINES} has {', '.join(missing)}; run python -m benchmarks")
    return {**lines[-1], "figures": {name: found[name] for name in NAMES}}


def markdown(line: dict, *, all_of_them: bool) -> str:
    """Return a line's figures as a table, and below it on what they were measured."""
    rows = ["| figure | measured | asked for |", "|---|---:|---|"]
    for figures in line["figures"].values():
        rows += [
            f"| {name} | {f['shown']} | {f['target']} |"
            for name, f in figures.items()
            if all_of_them or f["target"]
        ]
    machine = line["machine"]
    versions = ", ".join(f"{name} {machine[name]}" for name in ("python", "numpy", "numba") if machine[name])
    where = (
        f"Measured {line['date'][:10]} on one core of {machine['cores']} of {machine['cpu']}; {versions}; "
    )
    where += f"commit {machine['commit']}."
    return "\n".join([*rows, "", where, ""])


def main() -> None:
    """Write both documents."""
    line = newest()
    for name, all_of_them in (("README.md", False), ("docs/performance.md", True)):
        path = ROOT / name
        text = markdown(line, all_of_them=all_of_them)
        path.write_text(BLOCK.sub(lambda found, text=text: found[1] + text + found[2], path.read_text()))


if __name__ == "__main__":
    main()
