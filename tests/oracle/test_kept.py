"""Cases as files: what is kept is the case, and those that were kept give what they must."""

import pytest

from sim.outcome import Outcome
from sim.report.document import plain
from sim.spec.resolve import digest
from sim.trial import run

from .generate import case
from .kept import CASES, keep, kept
from .platform.generate import case as path_case
from .sides import engine


def judged(name: str) -> Outcome:
    """Run the engine on a case that was kept."""
    one = kept(CASES / f"{name}.yaml")
    return run(one.scenario, seed=one.seed)


@pytest.mark.parametrize(
    ("generated", "number"), [(case, 4), (case, 19), (case, 100_010), (path_case, 3), (path_case, 100_001)]
)
def test_a_case_that_is_kept_is_the_same_case(generated, number, tmp_path):
    """From the file, with the samples and the load that lie beside it, it runs as it was generated."""
    one = generated(number)
    again = kept(keep(one, tmp_path, "what differed\nand where"))
    assert (again.seed, again.pulls) == (one.seed, one.pulls)
    assert digest(again.scenario) == digest(one.scenario)
    assert _texts(engine(again, little=False)) == _texts(engine(one, little=False))


def _texts(found: dict) -> tuple:
    """Return a run's journal as something that can be compared."""
    tables = {
        (domain, name, column): values.tolist()
        for domain, held in found["tables"].items()
        for name, table in held.items()
        for column, values in table.items()
    }
    return tables, found["milestones"], found["faults"]


def test_a_primary_that_comes_back_empty_is_replaced():
    """It tells no old position that would make the others seem to lag, and no probe of it succeeds: one
    commit is lost. The observer beside it, which comes back with it, sends a last renewing probe at 61.68 s,
    and the lease of 30 s from then on, promotion and route end the 68 s without writes."""
    found = judged("emptied-primary-replaced")
    recovery = plain(found.figures)["recovery"]["orders.write"]
    fenced = next(m.at_ns for m in found.milestones if m.kind == "fenced")
    assert plain(found.figures)["loss"]["orders"]["records"] == 1
    assert [m.kind for m in found.milestones if m.kind == "no_candidate"] == []
    assert 91.6e9 < fenced < 91.8e9
    assert 67 < recovery["downtime_s"] < 69


def test_a_crash_that_a_promotion_voids_has_not_fired():
    """The relay of the new region is not stopped, and the fault is not said to have taken effect."""
    found = judged("relay-crash-voided-by-a-promotion")
    assert not found.faults["crash"].fired


def test_what_nothing_has_read_has_not_fired():
    """Requests do not read a pause of replication; a record reads a limit, after the last control too."""
    assert not judged("requests-read-no-pause").faults["pause"].fired
    assert judged("requests-read-no-pause").faults["slow"].fired
    assert judged("a-limit-to-the-end").faults["narrow"].fired


@pytest.mark.parametrize("name", ["stopped-after-a-snapshot", "stopped-in-a-snapshot"])
def test_what_a_relay_would_publish_again_is_not_lost(name):
    """A relay that is stopped in a snapshot or after it loses only what the snapshot left out."""
    found = judged(name)
    (fall,) = plain(found.figures)["waterfall"].values()
    assert {stage: row["lost"] for stage, row in fall.items() if row["lost"]} == {}
