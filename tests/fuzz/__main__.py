"""``python -m tests.fuzz``: mutants by the thousand, and the counts for docs/validation.md."""

import argparse
import sys
from pathlib import Path

from tests.fuzz.runner import Found, run
from tests.fuzz.trial import simulated, validated

VALIDATED_S, SIMULATED_S = 60, 300
KEPT = Path("build/fuzz")


def main() -> int:
    """Validate mutants, simulate the first legal ones, and print what became of them. 1 if any went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--simulate", type=int, default=1000, help="of the legal ones")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    given = parser.parse_args()
    numbers = range(given.first, given.first + given.mutants)
    found = run(numbers, lambda path, _: validated(path), patience_s=VALIDATED_S, keep=KEPT)
    _say("validated", found)
    ran = run(found.legal[: given.simulate], simulated, patience_s=SIMULATED_S, keep=KEPT)
    _say("simulated", ran)
    return 1 if found.bad or ran.bad else 0


def _say(what: str, found: Found) -> None:
    counts = ", ".join(f"{count:,} {name}" for name, count in found.ended.most_common())
    slow_s, number = found.slowest_s
    print(f"{found.ended.total():,} mutants {what}: {counts}")
    print(f"  slowest {slow_s:.1f} s (mutant {number}), largest {found.largest_bytes / 2**30:.2f} GiB")
    for number, why in found.bad.items():
        print(f"  mutant {number}, in {KEPT / str(number)}: {why.strip().splitlines()[-1][:200]}")


if __name__ == "__main__":
    sys.exit(main())
