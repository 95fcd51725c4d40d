"""Simulated at the limit: narrow widths give what wide ones give; what only a run can reach ends it."""

import subprocess
import sys

import pytest
import yaml

from sim.cli.main import UNDECIDED, main
from sim.core.errors import LimitReached
from sim.core.identity import LIMITS
from sim.spec.resolve import resolve
from sim.spec.scenario import Scenario
from sim.trial import run_tables
from tests.oracle.compare import compare, compare_milestones
from tests.oracle.twin import run_twin

from .lowered import NARROW
from .platforms import promoting, regions

AT_RUN = ("LSN_BITS", "SLOT_BITS")  # the widths that no rule of a scenario guards


def scenario(data):
    """A scenario from what one would write."""
    return resolve(Scenario.model_validate(data, context={"authored": True}))


def said(which):
    """What a run with other widths said, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.limits.lowered", which]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return done.stdout.strip()


def agree(resolved):
    """Assert that engine and twin tell the same; return the engine's tables."""
    engine, twin = run_tables(resolved, 0), run_twin(resolved, 0)
    assert compare(engine["tables"], twin.tables) is None
    milestones = [(m.kind, m.at_ns, m.subject) for m in engine["milestones"]]
    assert compare_milestones(milestones, twin.milestones) is None
    return engine


def test_widths_that_just_fit_change_nothing():
    """A platform at the limit of every width at once runs as with the widths of today, to the nanosecond."""
    wide = said("wide")
    assert not wide.startswith("refused") and wide.endswith(" 1")  # a promotion
    assert said("narrow") == wide


@pytest.mark.parametrize("width", NARROW)
def test_one_bit_less_is_refused(width):
    """With one bit less for a part it is refused where it is resolved or made, and never runs on."""
    refusal = said(width)
    kinds = ("AssertionError", "LimitReached") if width in AT_RUN else ("SpecError", "ValidationError")
    assert refusal.startswith(tuple(f"refused {kind}" for kind in kinds)), refusal


def test_ties_of_many_regions_are_in_order():
    """Fifteen regions with clients, all links alike so that ties are the rule: as the twin's."""
    engine = agree(scenario(regions(15, writes="30/s", reads="30/s", duration="20s")))
    assert len(engine["tables"]["d"]["ops"]["rid"]) > 1000


def test_sixty_five_regions_write():
    """All writes of 64 client groups in 65 regions are acknowledged, as the twin's."""
    many = regions(65, clients=64, writes="64/s", duration="3s", check="1s")
    ops = agree(scenario(many))["tables"]["d"]["ops"]
    assert len(ops["rid"]) > 64 and not ops["outcome"].any()


@pytest.mark.large
def test_as_many_regions_as_there_can_be():
    """Each region with clients, checkers and observers, at the limit of regions: as the twin's."""
    resolved = scenario(regions(LIMITS["regions"], writes="256/s", duration="1100ms", check="1s"))
    assert len(agree(resolved)["tables"]["d"]["ops"]["rid"]) > 0


def test_timelines_grow():
    """Promotions beyond the room that there is for timelines at first are as the twin's."""
    agree(scenario(promoting(40)))


@pytest.mark.parametrize(("what", "there"), [("timelines", 6), ("commits", 64), ("operations", 70)])
def test_a_run_that_comes_to_a_limit_ends_undecided(what, there, monkeypatch, tmp_path, capsys):
    """At the limit a run ends as ever; one below what it comes to, it says which and gives no verdict."""
    resolved = scenario(promoting(5))
    monkeypatch.setitem(LIMITS, what, 2**40)
    found = run_tables(resolved, 0)["tables"]["d"]
    counts = {
        "timelines": 1 + len(found["cuts"]["at_ns"]),
        "commits": int((found["commits"]["version"] & (2**40 - 1)).max()),
        "operations": 70,  # probes of an observer, every 100 ms of seven seconds
    }
    assert counts[what] == there
    monkeypatch.setitem(LIMITS, what, there)
    run_tables(resolved, 0)
    monkeypatch.setitem(LIMITS, what, there - 1)
    with pytest.raises(LimitReached, match=f"{there - 1} {what}"):
        run_tables(resolved, 0)
    file = tmp_path / "s.yaml"
    file.write_text(yaml.safe_dump(promoting(5)))
    if what != "operations":  # of which a scenario is refused before it runs
        assert main(["run", str(file), "--out", str(tmp_path)]) == UNDECIDED
        assert f"no run can have more than {there - 1} {what}" in capsys.readouterr().err


def test_operations_in_flight_come_to_a_limit(monkeypatch):
    """Slots grow while there may be more, and end the run where there may not."""
    slow = regions(2, writes="2000/s", duration="3s", latency="1400ms")
    monkeypatch.setitem(LIMITS, "in_flight", 2 * 4100)
    run_tables(scenario(slow), 0)
    monkeypatch.setitem(LIMITS, "in_flight", 2 * 4100 - 1)
    with pytest.raises(LimitReached, match="in flight"):
        run_tables(scenario(slow), 0)
