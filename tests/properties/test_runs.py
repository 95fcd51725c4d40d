"""Properties of whole runs under generated faults: sums close, slices do not matter, figures agree with each
other.
"""

from functools import cache
from typing import Any

import numpy as np
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from sim.journal.milestones import Milestone, heard
from sim.journal.recorder import Recorder, Slice
from sim.measure.digest import Digest
from sim.measure.measures import Measures
from sim.models.store.domain import CURSORS
from sim.report.document import plain
from sim.spec.scenario import Scenario
from sim.trial import run_tables
from tests.tallied import counted, listed
from tests.theory.one_store import S, merge, scenario

FEW = settings(
    max_examples=40, phases=[Phase.explicit, Phase.generate]
)  # each case is a run: shrinking takes minutes
DURATION = 40
TIMES = {
    "ops": "end_ns",
    "commits": "commit_ns",
    "cuts": "at_ns",
    "sent": "at_ns",
    "received": "at_ns",
    "applied": "at_ns",
    "copied": "at_ns",
}

PULLED = ["orders/circle"] + [
    f"orders/{region}/{cursor}" for region in ("east", "north", "west") for cursor in CURSORS
]
LIVELY: dict[str, Any] = {
    "duration": f"{DURATION}s",
    "warmup": "1s",
    "clients": {"east": {"share": 2}, "west": {"share": 1}},
    "network": {"links": {"east/west": {"loss": "1%", "jitter": {"exponential": "3ms"}}}},
    "gateway": {
        "check": {"interval": "2s", "timeout": "1s", "failures": 2, "offset": None},
        "ttl": "5s",
        "resolvers": 8,
    },
    "level": {"hold": "5s"},
}
STORE: dict[str, Any] = {
    "replicas": ["west", "north"],
    "service": {"write": {"exponential": "5ms"}, "read": {"exponential": "2ms"}, "workers": 2, "queue": 30},
    "replication": {"share": 0.1, "apply": {"exponential": "4ms"}},
    "failover": {
        "interval": "1s",
        "timeout": "900ms",
        "failures": 2,
        "offset": None,
        "decision": "500ms",
        "lease": "3s",
        "promotion": "1s",
        "restart": "2s",
        "rewind": "3s",
        "rebuild": "4s",
    },
    "workload": {
        "writes": "60/s",
        "reads": "60/s",
        "arrivals": {"kind": "poisson"},
        "retry": {"timeout": "400ms", "attempts": 3},
        "keys": {"count": 50},
        "sessions": {"count": 20},
    },
}

REGION = st.sampled_from(["east", "north", "west"])
LINK = st.sampled_from(["east/west", "east->west", "west->east", "north", "east/north"])
KINDS = [
    st.fixed_dictionaries(
        {
            "kind": st.just("region_outage"),
            "region": REGION,
            "data": st.sampled_from(["survives", "lost"]),
            "wire": st.sampled_from(["delivered", "lost"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("region_isolation"),
            "region": REGION,
            "direction": st.sampled_from(["both", "to", "from"]),
            "clients": st.booleans(),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("network_partition"),
            "shape": st.sampled_from(["one", "bisect"]),
            "one_way": st.booleans(),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("network_latency"), "link": LINK, "latency": st.just("80ms")}),
    st.fixed_dictionaries({"kind": st.just("packet_loss"), "link": LINK, "loss": st.just("20%")}),
    st.fixed_dictionaries(
        {"kind": st.just("bandwidth_limit"), "link": LINK, "bandwidth": st.just("300kB/s")}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("link_flap"), "link": LINK, "down": st.just("700ms"), "up": st.just("900ms")}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("db_crash"),
            "database": st.just("orders"),
            "region": REGION,
            "data": st.sampled_from(["survives", "lost"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("replication_pause"),
            "database": st.just("orders"),
            "region": st.sampled_from(["west", "north"]),
            "stage": st.sampled_from(["send", "apply"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("node_slow"),
            "database": st.just("orders"),
            "region": REGION,
            "factor": st.sampled_from([3, 30]),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("traffic_spike"), "factor": st.sampled_from([3, 8])}),
    st.fixed_dictionaries({"kind": st.just("decision_delay"), "delay": st.just("2s")}),
]


@st.composite
def struck(draw: st.DrawFn) -> tuple[Scenario, int]:
    """Return (resolved scenario with one to four faults, seed)."""
    faults = {}
    for i in range(draw(st.integers(1, 4))):
        fault = draw(st.one_of(KINDS))
        fault["at"] = f"{draw(st.integers(2_000, 25_000))}ms"
        if draw(st.booleans()):
            fault["duration"] = f"{draw(st.integers(200, 12_000))}ms"
        faults[f"f{i}"] = fault
    fencing = {"failover": {"fencing": draw(st.sampled_from(["lease", "none"]))}}
    return scenario(LIVELY, orders=merge(STORE, fencing), **faults), draw(st.integers(0, 1_000))


def figures(built: Scenario, slices: list[Slice], milestones: list[Milestone]) -> tuple[dict[str, Any], str]:
    """Return (figures, journal digest) from a list of slices; the table of missing records must add up."""
    measures, digest = Measures.of(built), Digest()
    recorder = Recorder([measures, digest])
    for part in slices:
        recorder.fold(part)
    recorder.finish(milestones, built.duration)
    found = measures.figures(strict=False)
    assert listed(measures.missing()) == counted(found)
    return plain(found), digest.hexdigest()


def cut(
    tables: dict[str, dict[str, np.ndarray]], times: list[int], end: int, milestones: list[Milestone]
) -> list[Slice]:
    """Return the journal of ``orders`` in slices that end at ``times`` and at the end."""
    slices, begin, noted = [], -1, 0
    for until in [*times, end]:
        part = {}
        for name, table in tables.items():
            column = TIMES.get(name.split("/")[0])
            if column is not None:
                rows = (table[column] >= begin) & (table[column] < until)
                part[name] = {c: np.ascontiguousarray(v[rows]) for c, v in table.items()}
            elif until == end:
                part[name] = table
        rows = {name: t for name, t in part.items() if len(next(iter(t.values())))}
        happened, noted = heard(milestones, noted, until)
        slices.append(Slice("orders", until, rows, happened))
        begin = until
    return slices


@cache
def calm() -> dict[str, Any]:
    """Return the journal of a run without faults."""
    return run_tables(scenario(LIVELY, orders=STORE), 1)


@FEW
@given(struck(), st.lists(st.integers(1, DURATION * S - 1), max_size=6, unique=True))
def test_sums_close_and_slices_do_not_matter(case, times):
    """Every sum of conservation closes, and a journal cut into slices anywhere gives the same figures and
    digest.
    """
    built, seed = case
    found = run_tables(built, seed)
    tables = found["tables"]["orders"]
    whole, digest = figures(built, cut(tables, [], built.duration, found["milestones"]), found["milestones"])
    assert whole["conservation"]["orders"]["problems"] == []
    parts, again = figures(
        built, cut(tables, sorted(times), built.duration, found["milestones"]), found["milestones"]
    )
    assert again == digest
    assert parts == whole


@FEW
@given(struck())
def test_figures_agree_with_the_journal_and_each_other(case):
    """Operations add up, causes add up to the loss, phases to the recovery time, and lost records are gone
    from the end's timeline.
    """
    built, seed = case
    found = run_tables(built, seed)
    tables = found["tables"]["orders"]
    out, _ = figures(built, cut(tables, [], built.duration, found["milestones"]), found["milestones"])
    issued = int(tables["issued"]["count"].sum())
    still = len(tables["open"]["rid"]) if "open" in tables else 0
    assert issued == len(tables["ops"]["rid"]) + still
    assert len(set(tables["ops"]["rid"].tolist())) == len(tables["ops"]["rid"]), "an operation ends once"
    loss = out["loss"]["orders"]
    assert (
        loss["records"]
        == sum(loss["cause"].values())
        <= sum(r["records"] for r in loss["recoveries"]) + loss["info_lost"]
    )
    for capability in out["recovery"].values():
        if capability["phases_ns"]:
            assert sum(capability["phases_ns"].values()) == capability["rta_ns"]
            assert capability["downtime_s"] <= sum(e["downtime_s"] for e in capability["episodes"]) + 1e-9
    assert (np.diff(tables["commits"]["commit_ns"]) >= 0).all()
    assert (np.diff(tables["ops"]["end_ns"]) >= 0).all()
    versions = tables["commits"]["version"].tolist()
    assert len(set(versions)) == len(versions), "a version is committed once"


@FEW
@given(struck(), st.lists(st.tuples(st.integers(1, DURATION * S - 1), st.sampled_from(PULLED)), max_size=40))
def test_pulls_do_not_matter(case, pulls):
    """Extra pulls of any cursors at any times leave every column of the journal and every milestone as they
    are."""
    built, seed = case
    one, two = run_tables(built, seed), run_tables(built, seed, pulls=tuple(pulls))
    assert one["milestones"] == two["milestones"]
    tables, others = one["tables"]["orders"], two["tables"]["orders"]
    assert tables.keys() == others.keys()
    for name, table in tables.items():
        assert all(np.array_equal(table[c], others[name][c]) for c in table), name


@FEW
@given(struck())
def test_nothing_precedes_its_cause(case):
    """Until the first fault a run is the run without faults, and each milestone comes after its cause."""
    built, seed = case
    found = run_tables(built, seed)
    first = min((m.at_ns for m in found["milestones"] if m.kind == "fault.started"), default=built.duration)
    assume(seed == 1 or first > 0)
    by_id = {m.id: m for m in found["milestones"]}
    assert all(
        by_id[m.cause].at_ns <= m.at_ns and m.cause < m.id for m in by_id.values() if m.cause is not None
    )
    if seed == 1:
        one, two = found["tables"]["orders"]["ops"], calm()["tables"]["orders"]["ops"]
        n = int(np.searchsorted(one["end_ns"], first))
        assert all(np.array_equal(one[c][:n], two[c][:n]) for c in one)
