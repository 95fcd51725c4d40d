"""Digests of journals of all shipped scenarios and of generated cases: a move of code changes none of them.

``python -m tests.golden.digests`` compares them with ``digests.json``; ``--record`` writes it anew, and the
commit that does so says which results moved, and why. ``--some``: of two dozen cases.
"""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sim.spec.resolve import load, resolve
from sim.spec.scenario import Scenario
from sim.trial import rerun
from tests.oracle.generate import case as store_case
from tests.oracle.platform.generate import case as platform_case

KEPT = Path(__file__).with_name("digests.json")
SCENARIOS = Path(__file__).parents[2] / "scenarios"
SOME = 24
GENERATED = range(700_000, 700_100)  # of stores, and as many of whole platforms


def cases() -> Iterator[tuple[str, Scenario, int]]:
    """Yield (name, scenario, seed) of everything that has a digest."""
    for number in GENERATED:
        for kind, of in (("store", store_case), ("platform", platform_case)):
            one = of(number)
            yield f"{kind}/{number}", one.scenario, one.seed
    for path in sorted(SCENARIOS.rglob("*.yaml")):
        yield str(path.relative_to(SCENARIOS)), resolve(load(path)), 0


def main(*, record: bool, some: bool) -> int:
    """Compare or record; return how many differ."""
    known = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    found, differing = {}, 0
    for name, scenario, seed in islice(cases(), SOME if some else None):
        found[name] = rerun(scenario, [], seed=seed)
        if found[name] != known.get(name):
            differing += 1
            print(f"{name}: {found[name]}, not {known.get(name)}", flush=True)
    print(f"{differing} of {len(found)} digests differ")
    if record:
        KEPT.write_text(json.dumps(found, indent=1) + "\n")
    return 0 if record else differing


if __name__ == "__main__":
    sys.exit(1 if main(record="--record" in sys.argv, some="--some" in sys.argv) else 0)
