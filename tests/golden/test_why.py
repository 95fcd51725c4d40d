"""What ``sim explain`` says would shorten a recovery does so, and no more; the rest does nothing."""

from functools import cache
from typing import Any

from sim.report.document import document, plain
from sim.report.review.review import review_of
from sim.report.why.critical import critical_path
from sim.report.why.recovery import recovery
from sim.spec.resolve import load, resolve
from sim.trial import run

NAME, OF = "scenarios/drills/lose-primary-region-clean.yaml", "orders.write"
NEAR_S = 2.0  # a recovery is judged by windows of a second, and each answer has an age of its own


@cache
def told(*sets: str) -> tuple[dict[str, Any], Any]:
    """Return the document of the drill with some settings, and its scenario."""
    scenario = resolve(load(NAME, sets=sets))
    return plain(document(run(scenario))), scenario


def took_s(*sets: str) -> float:
    """Return how long orders.write was down."""
    return float(told(*sets)[0]["recovery"][OF]["rta_s"])


def test_halving_what_is_named_saves_what_is_said():
    """Old DNS answers run out last: half the TTL saves about what is said, half the lease nothing."""
    path = critical_path(*told()[:1], OF, told()[1])
    assert path is not None
    saves = {saving.step.setting.path: saving.saves_s for saving in path.savings()}
    assert next(iter(saves)) == "gateway.ttl"
    saved_s = took_s() - took_s("gateway.ttl=30s")
    assert saves["gateway.ttl"] / 2 < saved_s <= saves["gateway.ttl"] + NEAR_S
    assert "databases.orders.failover.lease" not in saves
    assert abs(took_s() - took_s("databases.orders.failover.lease=15s")) <= NEAR_S


def test_the_steps_make_up_the_recovery_time():
    """From the first bad operation to the recovery, without a gap."""
    path = critical_path(*told()[:1], OF, told()[1])
    assert path is not None
    assert abs(sum(step.took_s for step in path.steps) - took_s()) < 1e-5
    assert all(a.until_s == b.since_s for a, b in zip(path.steps, path.steps[1:], strict=False))


def test_what_waited_for_a_fault_is_not_put_on_its_setting():
    """Gateways learn of a new primary in a second; those cut off from it have to wait for the cut to heal."""
    scenario = resolve(load("scenarios/failover/split-brain.yaml"))
    found = plain(document(run(scenario)))
    path = critical_path(found, OF, scenario)
    assert path is not None
    (saving,) = path.savings()
    assert (saving.step.setting.path, saving.step.own_s, saving.saves_s) == ("gateway.route", 1.0, 0.5)
    assert saving.step.held_up and saving.step.took_s > 270
    row = next(row for row in review_of(found, folder="x").capabilities if row.name == OF)
    assert (
        "- gateway.route (1s) is 1.0 s of the 5m 02s: halving it saves up to 500 ms. What is left of that "
        "step, 4m 40s, waited for something else."
    ) in recovery(found, row, scenario, ()).body
