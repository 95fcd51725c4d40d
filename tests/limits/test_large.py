"""Truly large, and not for ``make test``: 128 regions for a minute, 200 domains, 10,000 promotions."""

import pytest

from sim.report.document import plain
from sim.spec.resolve import resolve
from sim.spec.scenario import Scenario
from sim.trial import run

from .platforms import promoting, regions

pytestmark = pytest.mark.large


def simulated(data):
    """The outcome of a run."""
    return run(resolve(Scenario.model_validate(data, context={"authored": True})))


def promotions(outcome):
    """How many promotions there were of each store."""
    found = {}
    for m in outcome.milestones:
        if m.kind == "promoted":
            domain = m.subject.split("/")[0]
            found[domain] = found.get(domain, 0) + 1
    return found


def test_128_regions():
    """Clients in 128 regions write for a minute, and every write that ended is acknowledged."""
    outcome = simulated(regions(128, writes="1280/s", reads="1280/s", duration="60s"))
    writes = plain(outcome.figures)["operations"]["d.write"]
    assert writes["fail"] == writes["info"] == 0 and writes["ok"] == pytest.approx(1280 * 60, abs=128 * 2)


def test_200_domains():
    """Two hundred stores, each alone on its own circle, fail over five times each."""
    outcome = simulated(promoting(5, domains=200))
    assert promotions(outcome) == {f"d{i:03}": 5 for i in range(200)}


def test_10000_promotions():
    """One store is taken over ten thousand times; the sums of every write and every copy close."""
    outcome = simulated(promoting(10_000))
    assert promotions(outcome) == {"d": 10_000}
