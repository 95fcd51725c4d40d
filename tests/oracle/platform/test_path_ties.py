"""What chance seldom reaches: two things in one nanosecond, and long chains. Engine and twin agree."""

import pytest

from sim.spec.bus.bus import Cdc
from sim.spec.faults import kinds as f
from sim.spec.faults.kinds import NetworkLatency, NetworkPartition, PacketLoss, RegionOutage
from sim.spec.lake.insight import Insight
from sim.trial import run_tables

from ..compare import compare, compare_milestones
from ..twin import run_twin
from .by_hand import MS, S, lake, ms, platform, reader


def _kill(process: str, at: float, lasts: float) -> f.ProcessKill:
    return f.ProcessKill(kind="process_kill", process=process, at=ms(at), duration=ms(lasts))


def _outage(region: str, at: float, *, wire: str = "delivered", lasts: float = 100) -> RegionOutage:
    when = {"at": ms(at), "duration": ms(lasts)}
    return RegionOutage(kind="region_outage", region=region, wire=wire, **when)


def _cut(at: float) -> NetworkPartition:
    when = {"at": ms(at), "duration": ms(50)}
    return NetworkPartition(kind="network_partition", groups=[["a"], ["b"]], **when)


POISON = f.PoisonMessage(kind="poison_message", database="d", at=ms(1450))
FAILURE = f.TaskFailure(kind="task_failure", database="d", at=ms(2100))
EARLY = f.MetadataBeforeData(kind="metadata_before_data", database="d", region="b", at=ms(1000))
NO_CATALOG = f.CatalogOutage(kind="catalog_outage", region="b", at=ms(2110), duration=ms(800))
STORM = f.RebalanceStorm(
    kind="rebalance_storm", reader="d/view", every=100 * MS, at=ms(1000), duration=ms(1000)
)
GROUP = reader(members=2, session=300 * MS, rebalance=100 * MS)
LOST = f.UncleanLeaderElection(
    kind="unclean_leader_election", region="a", broker=0, lost=400 * MS, at=ms(2002)
)
GONE = f.UncleanLeaderElection(
    kind="unclean_leader_election", region="a", broker=0, lost=250 * MS, at=ms(1050)
)
PAUSE = f.MirrorPause(
    kind="mirror_pause", at=ms(790), duration=ms(500), **{"from": "a", "to": "b", "database": "d"}
)
SLOW = NetworkLatency(kind="network_latency", link="a->b", latency=900 * MS, at=ms(1950), duration=ms(200))
LOSSY = PacketLoss(kind="packet_loss", link="a->b", loss=0.5, at=ms(1))
SKEW = f.OffsetTranslationError(
    kind="offset_translation_error", reader="d/view", skew=-1000, at=ms(1), duration=ms(6000)
)
DANGLING = {"lake": lake(), "faults": {"x": EARLY}}  # analytics in b from 4073 to 4088.18 ms
TIES = {
    "a refresh as the pointer arrives": {
        "insights": {"board": Insight(reads=["d"], refresh=ms(4073 / 2))},
        **DANGLING,
    },
    "a refresh as the files arrive": {
        "insights": {"board": Insight(reads=["d"], refresh=ms(4088.18 / 2))},
        **DANGLING,
    },
    "a commit lasts as long as the ticks": {"lake": lake(stream={"commit": 1 * S})},
    "rows that a mirror skipped do not count in its checkpoints": {
        "bus": {"partitions": 1, "brokers": 2, "election": ms(100)},
        "consumers": {"view": reader(standby=["b"], takeover=ms(300))},
        "faults": {"x": GONE, "y": PAUSE, "z": _outage("a", 3050, lasts=1000)},
    },
    "what was taken back holds up nothing": {"faults": {"x": SLOW, "y": _cut(2300)}},
    "a region goes as last transmissions depart": {"faults": {"x": LOSSY, "y": _outage("a", 2502.004)}},
    "a checkpoint never goes back": {
        "consumers": {"view": reader(standby=["b"], takeover=ms(300), work=ms(100))},
        "faults": {
            "x": SKEW,
            "o1": _outage("a", 3050, lasts=1000),
            "o2": _outage("b", 5050, lasts=1000),
            "o3": _outage("a", 7050, lasts=1000),
        },
        "duration": 9 * S,
    },
    "a task fails as its commit is due": {"lake": lake(), "faults": {"x": FAILURE}},
    "a job is killed as its round ends": {"lake": lake(), "faults": {"x": _kill("d/curated", 2058, 100)}},
    "a region goes as a copy arrives": {"lake": lake(), "faults": {"x": _outage("b", 1125.08)}},
    "poison is found as a commit is due": {
        "lake": lake(stream={"commit": 1 * S, "attempts": 2}),
        "faults": {"x": POISON},
    },
    "a reader is killed at its tick": {
        "consumers": {"view": reader()},
        "faults": {"x": _kill("d/view", 2000, 800)},
    },
    "processes start at their ticks": {
        "consumers": {"view": reader()},
        "lake": lake(),
        "faults": {
            "x": _kill("d/view", 2300, 500),
            "y": _kill("d/stream", 2300, 500),
            "z": _kill("d/relay", 2000, 700),
        },
    },
    "a region goes as a row departs": {"faults": {"x": _outage("a", 2002.004)}},
    "a region goes, then its link": {"faults": {"x": _outage("a", 2002.008), "y": _cut(2002.008)}},
    "a link goes, then its region": {"faults": {"y": _outage("a", 2002.008), "x": _cut(2002.008)}},
    "two outages, one wire lost": {
        "faults": {"x": _outage("a", 2002.008), "y": _outage("a", 2002.008, wire="lost")}
    },
    "a refresh sees a pointer or files come": {
        "lake": lake(sync={"pointer": 0}),
        "insights": {"board": Insight(reads=["d"], refresh=ms(10.08))},
        "faults": {"x": EARLY, "y": NO_CATALOG},
    },
    "a storm as long as a rebalance": {
        "consumers": {"view": GROUP},
        "faults": {"s": STORM, "k": _kill("d/view", 1450, 300), "l": _kill("d/view", 1500, 1800)},
    },
    "rows are lost as one becomes visible": {
        "bus": {"partitions": 1, "brokers": 2, "election": ms(100)},
        "consumers": {"view": reader(work=ms(300))},
        "faults": {"x": LOST},
    },
    "retention ends as a row is taken up": {
        "bus": {"retention": 1 * S},
        "consumers": {"view": reader(commit=100 * MS)},
        "faults": {"x": _kill("d/view", 1050, 1952)},
    },
    "a reader moves as it saves and its mirror writes": {
        "consumers": {name: reader(standby=["b"], takeover=ms(500)) for name in ("crm", "view")},
        "faults": {"x": _outage("a", 2500, lasts=1000)},
    },
    "the lake moves as a job is due": {
        "lake": lake(standby=["b", "c"], takeover=ms(90)),
        "faults": {"x": _outage("a", 1968), "y": _outage("a", 2010)},
    },
    "a mirror starts at the tick of its checkpoints": {
        "mirror": {"checkpoint": 100 * MS},
        "consumers": {"view": reader(standby=["b"], takeover=ms(300), commit=100 * MS)},
        "faults": {"x": _kill("d/mirror/a/b", 1300, 500), "y": _outage("a", 2050, lasts=1000)},
    },
    "a mirror saves as a row arrives": {
        "mirror": {"save": 1_012_004_000},
        "faults": {"x": _kill("d/mirror/a/b", 1500, 100)},
    },
    "a connector saves as a round ends": {
        "outbox": Cdc(interval=100 * MS, publish=ms(2), flush=1002 * MS, restart=ms(300)),
        "faults": {"x": _kill("d/relay", 1500, 100)},
    },
}


@pytest.mark.parametrize("name", TIES)
def test_engine_and_twin_agree_where_chance_seldom_leads(name):
    """Every table and every milestone are equal."""
    scenario = platform(**{"duration": 5 * S, **TIES[name]})
    twin, engine = run_twin(scenario, 7), run_tables(scenario, 7)
    milestones = [(stone.kind, stone.at_ns, stone.subject) for stone in engine["milestones"]]
    assert compare(engine["tables"], twin.tables) is None
    assert compare_milestones(milestones, twin.milestones) is None
