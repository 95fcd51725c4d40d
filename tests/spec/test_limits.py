"""A scenario is held to every limit where it is resolved; beyond one it is told where, and which."""

import pytest

from sim.core.errors import SpecError
from sim.core.identity import LIMITS
from sim.spec.limits import REGIONS, RULES, at_most
from sim.spec.resolve import load, resolve
from sim.spec.scenario import Scenario
from tests.spec.corpus import SCENARIOS, VALID

WHOLE = next(path for path in VALID if path.stem == "everything")
CALLS = next(path for path in SCENARIOS if path.stem == "choreography")
RULED = {f"{rule.limit}-{i}": rule for i, rule in enumerate((REGIONS, *RULES))}
S = 10**9


def small(**more):
    """A scenario of two regions and one store, as one would write it."""
    return {
        "name": "small", "duration": "10s", "regions": {"a": {}, "b": {}},
        "network": {"links": {"a/b": {"latency": "1ms"}}}, "clients": {"a": {"share": 1}},
        "databases": {"d": {"primary": "a", "replicas": ["b"], "workload": {"writes": "1/s"}}}, **more,
    }  # fmt: skip


def store(**more):
    """The same with another store."""
    return small(databases={"d": {"primary": "a", "replicas": ["b"], **more}})


def regions(count):
    """A scenario with so many regions."""
    names = [f"r{i:03}" for i in range(count)]
    links = {f"{a}/{b}": {"latency": "1ms"} for i, a in enumerate(names) for b in names[i + 1 :]}
    return small(
        regions={name: {} for name in names}, network={"links": links}, clients={"r000": {"share": 1}},
        databases={"d": {"primary": "r000"}},
    )  # fmt: skip


def callers(count):
    """A scenario in which so many consumers write to one store."""
    return small(
        bus={}, databases={"c": {"primary": "a"}, "d": {"primary": "a"}},
        consumers={f"h{i}": {"of": "c", "region": "a", "writes": "d"} for i in range(count)},
    )  # fmt: skip


def lasting(count, **more):
    """A run of so many nanoseconds."""
    return small(duration=f"{count}ns", **more)


def patience(count):
    """A checker that gives up after failures for so many nanoseconds: their number times the interval."""
    failures = {2**62 - 1: 715_827_883, 2**62: 2**20, 2**62 + 1: 429_509_837}[count]  # each divides its key
    check = {"interval": f"{count // failures}ns", "failures": failures, "timeout": "1s"}
    return small(gateway={"check": check})


# limit -> a scenario that has so many of it
TRULY = {
    "regions": regions,
    "attempts": lambda n: store(workload={"retry": {"attempts": n}}),
    "sessions": lambda n: store(workload={"sessions": {"count": n}}),
    "keys": lambda n: store(workload={"keys": {"count": n}}),
    "partitions": lambda n: small(bus={"partitions": n}),
    "trials": lambda n: small(study={"trials": n}),
    "seed": lambda n: small(study={"seed": n}),
    "name": lambda n: small(name="n" * n),
    "operations": lambda n: lasting(
        n,
        databases={
            "d": {"primary": "a", "workload": {"writes": "1000M/s", "arrivals": {"kind": "constant"}}},
        },
    ),
    "epochs": lambda n: lasting(
        n, databases={"d": {"primary": "a", "workload": {"sessions": {"length": "1ns", "count": 1}}}}
    ),
    "patience_ns": patience,
}  # fmt: skip


def told(data, tmp_path):
    """What is said of a scenario, "" if nothing."""
    import json

    file = tmp_path / "scenario.yaml"
    file.write_text(json.dumps(data))
    try:
        resolve(load(str(file)))
    except SpecError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("limit", TRULY)
def test_a_scenario_may_have_as_many_as_the_limit_and_no_more(limit, tmp_path):
    """One less than the limit and the limit itself are resolved; one more is refused, with the limit."""
    most, make = LIMITS[limit], TRULY[limit]
    assert told(make(most - 1), tmp_path) == ""
    assert told(make(most), tmp_path) == ""
    assert f"at most {most:,}" in told(make(most + 1), tmp_path).replace(str(most), f"{most:,}")


@pytest.mark.parametrize("name", RULED)
def test_every_rule_holds_a_scenario_to_its_limit(name, monkeypatch):
    """With the limit lowered to what a scenario has it passes, at one more too; at one less it is refused."""
    rule = RULED[name]
    scenario = load(str(CALLS if rule.limit == "callers" else WHOLE))
    count = max(count for _, count in rule.of(scenario))
    assert count > 0
    for limit in (count + 1, count):
        monkeypatch.setitem(LIMITS, rule.limit, limit)
        assert list(rule(scenario)) == []
    monkeypatch.setitem(LIMITS, rule.limit, count - 1)
    with pytest.raises(SpecError, match=f"at most {count - 1:,}"):
        resolve(scenario)


def test_every_limit_is_checked_or_reached_by_a_run_alone():
    """What no rule and no field holds a scenario to, a run is held to as it grows."""
    at_run = {"in_flight", "commits", "timelines"}
    assert {rule.limit for rule in RULES} | set(TRULY) | at_run == set(LIMITS)


def test_many_callers_are_refused_with_the_place(tmp_path):
    """Consumers beyond those that an inbox can tell apart are refused at the store that they write to."""
    most = LIMITS["callers"]
    assert told(callers(most), tmp_path) == ""
    assert f"databases.d: {most + 1} consumers and replays write to it, at most {most}" in told(
        callers(most + 1), tmp_path
    )


def test_all_that_raises_a_rate_counts():
    """A burst and a spike multiply; what strikes another client or kind does not count."""
    data = small(
        faults={
            "all": {"kind": "traffic_spike", "factor": 3, "at": "1s"},
            "reads": {"kind": "traffic_spike", "factor": 5, "at": "1s", "operation": "read"},
            "calm": {"kind": "traffic_spike", "factor": 0.5, "at": "1s"},
        },
        databases={"d": {"primary": "a", "workload": {
            "writes": "10/s", "reads": "10/s",
            "arrivals": {"kind": "bursty", "factor": 2, "calm": "1s", "burst": "1s"},
        }}},
    )  # fmt: skip
    scenario = Scenario.model_validate(data, context={"authored": True})
    operations = next(rule for rule in RULES if rule.limit == "operations")
    found = {path[-1]: count for path, count in operations.of(scenario)}
    assert found == {"writes": at_most(60, 10 * S), "reads": at_most(300, 10 * S)}


def test_arrivals_by_chance_have_room_above_their_mean():
    """The bound of a Poisson count is eight standard deviations above its mean; others are exact."""
    assert at_most(100, 100 * S) == 10_000 + 800
    assert at_most(100, 100 * S, random=False) == 10_000
    assert at_most(1e9, 5) == 5
