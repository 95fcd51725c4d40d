"""What a run does grows no faster than what it has: counted here, timed in ``benchmarks/growth.py``."""

import pytest

from benchmarks.growth import TIMES, counted, platform, steepness

THINGS = {
    "regions": [{"regions": 4 * n} for n in TIMES],
    "domains": [{"domains": n} for n in TIMES],
    "consumers": [{"consumers": 2 * n} for n in TIMES],
    "duration": [{"minutes": 2 * n} for n in TIMES],
}
ROUNDED = 1.03  # few things are counted, and luck has a part in them


@pytest.mark.parametrize("thing", THINGS)
def test_nothing_that_a_run_does_is_superlinear(thing):
    """Rows and steps of four times as many are on the line of once and twice; so are a circle's advances."""
    counts = [counted(platform(**{"minutes": 2, **sizes})) for sizes in THINGS[thing]]
    circles = [sizes.get("domains", 1) for sizes in THINGS[thing]]
    for what in ("rows", "steps"):
        assert steepness([count[what] for count in counts]) < ROUNDED, what
    each = [count["advances"] / many for count, many in zip(counts, circles, strict=True)]
    assert steepness(each) < ROUNDED
