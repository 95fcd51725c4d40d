"""What a run says would decide an objective that it leaves undecided; and that it then does."""

import math

import pytest

from sim.advice import End, advised
from sim.core import dials as d
from sim.core.milestones.failover import NoCandidate, RuledOut
from sim.faults.schedule import Fate
from sim.journal.milestones import Milestone
from sim.measure.bounds import Bounds
from sim.measure.figures import Figures
from sim.measure.verdict import MET, UNDECIDED, Verdict
from sim.spec.resolve import load, resolve
from sim.trial import run
from tests.milestones import what
from tests.records import read

S, MINUTE = 10**9, 60 * 10**9
TEXT = """
name: Out of reach
duration: 20m
regions: {east: {}, west: {}, north: {}}
network: {links: {east/west: {latency: 40ms}, east/north: {latency: 10ms}, west/north: {latency: 30ms}}}
clients: {east: {share: 1, order: [east, west, north]}}
level: {hold: 1m}
databases:
  orders:
    primary: east
    replicas: [west, north]
    workload: {writes: 50/s, reads: 0/s, arrivals: {kind: constant}}
faults:
  still-west: {kind: replication_pause, database: orders, region: west, stage: send, at: 5m, duration: 10m}
  still-north: {kind: replication_pause, database: orders, region: north, stage: send, at: 5m, duration: 10m}
  fire: {kind: region_outage, region: east, at: 10m, wire: lost}
sla:
  lost: {metric: rpa_records, of: orders, must: "<= 100"}
  window: {metric: rpa_window, of: orders, must: "<= 5s"}
  rto: {metric: rta, of: orders.write, must: "<= 30m"}
"""
WITHOUT_NORTH = (
    "regions.north=null", "network.links.east/north=null", "network.links.west/north=null",
    "clients.east.order=[east, west]", "databases.orders.replicas=[west]", "faults.still-north=null",
)  # fmt: skip
IN_EAST = "15,000 records are only in east, which is down at the end"
OUTAGE = [d.REGION.turn("east"), d.DOWN.turn("orders", "east")]
NEVER_SERVED = "it did not serve again before the run ended"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    """A function that resolves the scenario with some values set."""
    path = tmp_path_factory.mktemp("advice") / "x.yaml"
    path.write_text(TEXT)
    return lambda *sets: resolve(load(str(path), sets=sets))


def active(until_s, turns=OUTAGE):
    """A fault that has not healed at the end."""
    until_ns = None if until_s is None else round(until_s * S)
    return Fate("active", True, 600 * S, None, until_ns, list(turns))


def figures(stranded=15_000, *, unbounded=False, again_s=None, window_s=0.0):
    """Figures of a store whose records lie in east, and that does not serve since minute ten."""
    where = [{"region": "east", "records": stranded, "why": "which is down at the end"}]
    far_s = None if unbounded else 300.0 * bool(stranded)
    episodes = [{"started_s": 600.0, "rta_s": None}]
    loss = {"stranded": stranded, "window_s": window_s, "stranded_window_s": far_s, "where": where}
    recovery = {"orders.write": {"serving_again_s": again_s, "episodes": episodes}}
    return read(Figures, {"loss": {"orders": loss}, "recovery": recovery})


def happened(*kinds):
    """Milestones of orders, one a second: names of kinds, or what happened."""
    each = [what(kind) if isinstance(kind, str) else kind for kind in kinds]
    return [Milestone(i, i * S, "orders", found) for i, found in enumerate(each)]


def no_candidate(*out):
    """No replica may take over: (region, rule, lag ns) of each."""
    of_lag = {False: None, True: 60 * S}
    found = [
        RuledOut(region=region, rule=rule, role=None, lag_ns=lag, max_lag_ns=of_lag[lag is not None])
        for region, rule, lag in out
    ]
    return NoCandidate(ruled_out=tuple(found))


LOST = Verdict(
    "lost", "rpa_records", "orders", "<= 100", Bounds.between(0, 15_000, IN_EAST), UNDECIDED, IN_EAST
)
OPEN = Verdict(
    "rto", "rta", "orders.write", "<= 30m", Bounds.between(0, math.inf, NEVER_SERVED), UNDECIDED, NEVER_SERVED
)


def ways(scenario, verdict, *, fates=None, milestones=(), of=None):
    """What would decide a verdict."""
    (found,) = advised([verdict], End(scenario, fates or {}, milestones, of or figures()))
    return found.why.removeprefix(verdict.why).removeprefix("; to decide it: ")


def test_records_that_a_fault_keeps_away_are_back_when_it_has_healed_and_the_node_has_restarted(scenario):
    """Ten seconds of restart, and the first whole second after that; the heal is named."""
    assert ways(scenario(), LOST, fates={"fire": active(1500)}) == "run until 25m11s (fire heals at 25m)"
    later = {"fire": active(1500), "quake": active(1600, OUTAGE[:1])}
    said = "run until 26m51s (fire heals at 25m, quake heals at 26m40s)"
    assert ways(scenario(), LOST, fates=later) == said
    cut = {"cut": active(1500, [d.CUT.turn("east", "west")])}
    assert ways(scenario(), LOST, fates=cut) == "run until 25m1s (cut heals at 25m)"


def test_a_fault_that_never_heals_makes_no_run_long_enough(scenario):
    """Whatever else heals; what keeps nothing away, or another store's node, has nothing to do with it."""
    assert ways(scenario(), LOST, fates={"fire": active(None), "quake": active(1500)}) == ""
    pause, other = (d.PAUSE_SEND.turn("orders", "west"),), (d.DOWN.turn("payments", "east"),)
    beside = {"fire": active(1500), "pause": active(None, pause), "crash": active(None, other)}
    assert ways(scenario(), LOST, fates=beside) == "run until 25m11s (fire heals at 25m)"
    healed = {"fire": Fate("healed", True, 0, 1190 * S, 1190 * S, [(dial, True) for dial in OUTAGE])}
    assert ways(scenario(), LOST, fates=healed) == "a longer run"  # it restarts


def test_what_only_a_stage_has_out_of_reach_waits_for_the_regions_that_are_away(scenario):
    """The database has everything: a consumer's region is down."""
    why = "9 records are out of reach at the end"
    stage = Verdict(
        "search", "records_lost", "orders.search", "== 0", Bounds.between(0, 9, why), UNDECIDED, why
    )
    fates = {"fire": active(1500)}
    assert ways(scenario(), stage, fates=fates, of=figures(0)) == "run until 25m11s (fire heals at 25m)"
    assert ways(scenario(), stage, fates={"fire": active(None)}, of=figures(0)) == ""


def test_nothing_brings_back_what_serves_from_a_store_that_burnt_as_a_whole(scenario):
    """Its node comes up again, without its data: no run is long enough."""
    burnt = figures(0, window_s=None)
    assert ways(scenario(), OPEN, fates={"fire": active(1500)}, of=burnt) == ""


def test_a_longer_run_is_advised_once(scenario):
    """With the reason, if there is one."""
    said = "a longer run (a failover was under way)"
    assert ways(scenario(), OPEN, milestones=happened("declared")) == said


def test_two_regions_need_a_third_voter(scenario):
    """Where nobody could agree; not where they did, nor where a majority of three is gone."""
    fates = {"fire": active(None)}
    two, three = scenario(*WITHOUT_NORTH), scenario()
    of_two, of_three = what("no_majority", regions=2), what("no_majority", regions=3)
    assert ways(two, LOST, fates=fates, milestones=happened(of_two)) == "a third voter (one more region)"
    assert ways(three, LOST, fates=fates, milestones=happened(of_three)) == ""
    assert ways(two, LOST, fates=fates, milestones=happened(of_two, "declared", "kept")) == ""
    only = figures(unbounded=True)  # no other node has its data
    assert ways(two, LOST, fates=fates, milestones=happened(of_two), of=only) == ""
    assert "failover was under way" in ways(
        two, LOST, fates=fates, milestones=happened("declared", "decided")
    )


def test_a_larger_max_lag_is_told_with_what_it_gives_up(scenario):
    """The least of the lags by which replicas were ruled out, if they still are, never rounded down."""
    found = no_candidate(("west", "lag", 300 * S), ("north", "lag", 70 * S - 999_999))
    milestones = happened("declared", found)
    fates = {"fire": active(None)}
    said = "max_lag above 1m10s accepts the loss of 15,000"
    assert ways(scenario(), LOST, fates=fates, milestones=milestones) == said
    both = ways(scenario(), LOST, fates={"fire": active(1500)}, milestones=milestones)
    assert both == f"run until 25m11s (fire heals at 25m), or {said}"
    down = happened(no_candidate(("west", "down", None), ("north", "minority", None)))
    assert ways(scenario(), LOST, fates=fates, milestones=down) == ""
    assert ways(scenario(), LOST, fates=fates, milestones=[*milestones, *happened("promoted")]) == ""


def test_a_recovery_that_was_not_over_asks_for_the_time_that_it_has_to_hold(scenario):
    """A minute, a window and a latency after it served again; after a heal also a restart and a ttl."""
    again = figures(again_s=120.0)
    assert ways(scenario(), OPEN, of=again) == "run until 13m4s"
    assert ways(scenario(), OPEN, fates={"fire": active(1500)}) == "run until 27m14s (fire heals at 25m)"
    assert ways(scenario(), OPEN, fates={"fire": active(None)}) == ""
    assert ways(scenario(), OPEN) == "a longer run"
    promoted = [Milestone(0, 0, "orders/west", what("promoted"))]
    elsewhere = {"fire": active(None), "crash": active(1500, [d.DOWN.turn("orders", "west")])}
    said = "run until 27m14s (crash heals at 25m)"
    assert ways(scenario(), OPEN, fates=elsewhere, milestones=promoted) == said


def test_what_is_decided_or_open_for_another_reason_gets_no_advice(scenario):
    """Nothing to measure, a fault that never took effect, a verdict."""
    for verdict, why in ((MET, IN_EAST), (UNDECIDED, "fault fire never took effect")):
        other = Verdict("lost", "rpa_records", "orders", "<= 100", LOST.bounds, verdict, why)
        assert ways(scenario(), other, fates={"fire": active(1500)}) == why.removeprefix(other.why)
    nothing = Verdict("lost", "rpa_records", "orders", "<= 100", None, UNDECIDED, "nothing to measure")
    assert ways(scenario(), nothing, fates={"fire": active(1500)}) == ""


def test_a_run_that_takes_the_advice_is_decided(scenario):
    """15,000 records and five minutes are out of reach, until the run is as long as it asked to be."""
    heals = "faults.fire.duration=15m"
    short = run(scenario(heals))
    assert short.verdict == "inconclusive"
    assert {name: fault.until_s for name, fault in short.faults.items()} == {
        "fire": 1500.0, "still-west": 900.0, "still-north": 900.0,
    }  # fmt: skip
    by_id = {objective.id: objective for objective in short.objectives}
    assert [(by_id[i].low, by_id[i].high) for i in ("lost", "window", "rto")] == [
        (0, 15_000), (0.0, pytest.approx(300.0, abs=0.02)), (by_id["rto"].low, math.inf),
    ]  # fmt: skip
    assert by_id["lost"].why.startswith(f"{IN_EAST}; to decide it: run until 25m11s (fire heals at 25m)")
    assert "; to decide it: run until 27m14s (fire heals at 25m)" in by_id["rto"].why
    long = run(scenario(heals, "duration=27m14s"))
    assert [objective.verdict for objective in long.objectives] == [MET] * 3
    assert [objective.value for objective in run(scenario(heals, "duration=25m11s")).objectives[:2]] == [
        0,
        0.0,
    ]


def test_a_run_that_nobody_could_save_says_what_would_have(scenario):
    """Its region never comes back: a larger max_lag gives up what nobody has; two regions need another."""
    (lost, *_) = run(scenario()).objectives
    lag = "4m58.179s"  # of what probes had seen of the primary, two seconds before it went
    assert lost.why == f"{IN_EAST}; to decide it: max_lag above {lag} accepts the loss of 15,000"
    (lost, _, rto) = run(scenario("sla.rto.must=<= 1h", *WITHOUT_NORTH)).objectives
    assert lost.why == f"{IN_EAST}; to decide it: a third voter (one more region)"
    assert rto.why == f"{NEVER_SERVED}; to decide it: a third voter (one more region)"
    freer = run(scenario("databases.orders.failover.max_lag=4m58.180s"))
    assert [objective.low for objective in freer.objectives[:2]] == [
        15_000,
        pytest.approx(300.0, abs=0.02),
    ]
    assert [objective.verdict for objective in freer.objectives[:2]] == ["missed"] * 2
