"""The data path in a scenario: what is resolved, what is written, what its faults hit."""

import pytest

from sim.core.errors import SpecError
from sim.spec.faults.kinds import MirrorPause
from sim.spec.idle import idle_fields
from sim.spec.objectives.subjects import subjects
from sim.spec.processes import processes_of
from sim.spec.resolve import blast_radius, digest, dump, fault_catalogue, load, resolve
from tests.spec.corpus import HERE

BASE, PATH = HERE / "valid" / "base.yaml", HERE / "valid" / "path.yaml"
WITH_LAKE = ["bus={}", "lake={home: us-east}"]


def shares(*sets):
    """Return the resolved shares of orders', stock's, the mirrors' and the sync's flows; None without one."""
    scenario = resolve(load(str(BASE), sets=sets))
    databases = [database.replication.share for database in scenario.databases.values()]
    mirror = scenario.bus.mirror.share if scenario.bus else None
    return [*databases, mirror, scenario.lake.sync.share if scenario.lake else None]


def test_every_flow_of_a_link_gets_an_equal_part():
    """Us-east to us-west carries two replicas, two mirrors and two syncs; without lake or bus, fewer."""
    assert shares(*WITH_LAKE) == [pytest.approx(1 / 6)] * 4
    assert shares("bus={}") == [pytest.approx(1 / 4)] * 3 + [None]
    assert shares() == [0.5, 0.5, None, None]


def test_given_shares_are_kept_and_count_once_for_each_domain():
    """Mirrors of two domains at 20 % leave 60 % of the link to two replicas and two syncs."""
    assert shares(*WITH_LAKE, "bus.mirror.share=20%") == [
        pytest.approx(0.15),
        pytest.approx(0.15),
        0.2,
        pytest.approx(0.15),
    ]


def test_the_sync_has_a_share_only_where_the_lake_can_be():
    """With the lake in eu-west alone, stock, which has no node there, shares its link with mirrors only."""
    assert shares("bus={}", "lake={home: eu-west}") == [
        pytest.approx(1 / 5),  # eu-west to us-east: orders, two mirrors, two syncs
        pytest.approx(1 / 4),  # us-east to us-west: orders, stock, two mirrors
        pytest.approx(1 / 5),
        pytest.approx(1 / 5),
    ]


def test_a_bus_alone_changes_only_what_it_brings():
    """Without a bus nothing of the data path is written, and the digest is that of such a scenario."""
    plain, bussed = (dump(resolve(load(str(BASE), sets=sets))) for sets in ((), ("bus={}",)))
    for section in ("bus:", "consumers:", "lake:", "insights:", "fresh:", "outbox:"):
        assert section not in plain
    assert {line for line in plain.splitlines() if "share" not in line} < set(bussed.splitlines())
    assert digest(resolve(load(str(BASE), sets=["consumers={}", "insights={}"]))) == digest(
        resolve(load(str(BASE)))
    )


def test_what_does_nothing_is_not_written():
    """Fields that a scenario cannot use are absent from its dump, so that they are not in the digest."""
    scenario = resolve(
        load(str(BASE), sets=[*WITH_LAKE, "consumers={search: {of: orders, region: us-east}}"])
    )
    text = dump(scenario)
    idle = {path[-1] for path, _ in idle_fields(scenario)}
    assert idle == {
        *("replica_lag", "session", "takeover", "again", "start", "flush", "when_down"),
        *("on", "idempotent", "patience"),
    }
    assert not [name for name in idle - {"flush"} if f" {name}:" in text]
    assert text.count("flush:") == 2  # of the two outboxes, and not of the lake


def test_an_insight_is_read_everywhere_unless_it_says_where():
    """Regions left open are all of them, and the order of what is a set does not matter."""
    insights = resolve(load(str(PATH))).insights
    assert insights["questions"].regions == ["eu-west", "us-east", "us-west"]
    assert insights["sales"].regions == ["us-east", "us-west"]
    swapped = load(str(PATH), sets=["insights.sales.reads=[orders, stock]"])
    assert digest(resolve(swapped)) == digest(resolve(load(str(PATH))))


def test_a_flow_is_from_a_region_in_files_and_in_python():
    """``from`` is the name of the field everywhere but in code; ``from_`` is not a key."""
    assert "    from: us-east\n" in dump(load(str(PATH)))
    assert "from_" not in dump(load(str(PATH)))
    fault = MirrorPause.model_validate({"kind": "mirror_pause", "from": "a", "to": "b", "at": 1.0})
    assert (fault.from_, fault.to, fault.database) == ("a", "b", "*")
    assert fault_catalogue()["mirror_pause"]["fields"]["from"]["required"]


def test_the_processes_of_a_domain():
    """A relay, a mirror for each ordered pair of regions, its own consumers, and the lake's three jobs."""
    names = processes_of(load(str(PATH)), "stock")
    assert names[0] == "stock/relay"
    assert len([name for name in names if name.startswith("stock/mirror/")]) == 6
    assert names[7:] == [f"stock/{name}" for name in ("levels", "reserved", "stream", "curated", "analytics")]
    assert processes_of(load(str(BASE)), "stock") == []


def test_every_subject_an_objective_can_have():
    """Each metric of the data path has its own subjects, and none without a bus."""
    scenario = load(str(PATH))
    assert subjects(scenario, "rta")[1][-11:] == [
        "orders.events",
        "orders.search",
        "orders.reserve",
        "stock.events",
        "stock.levels",
        "stock.reserved",
        "lake.raw",
        "lake.curated",
        "lake.analytics",
        "dashboard.sales",
        "dashboard.questions",
    ]
    assert subjects(scenario, "gaps")[1][:5] == [
        "orders.search",
        "orders.reserve",
        "orders.raw",
        "orders.curated",
        "orders.analytics",
    ]
    stages = subjects(scenario, "records_lost")[1]
    assert stages[:4] == ["orders.outbox", "orders.validation", "orders.bus", "orders.mirror/us-east"]
    assert stages[-3:] == ["stock.copy/us-east", "stock.copy/us-west", "stock.copy/eu-west"]
    for metric in ("freshness_max", "ghosts", "records_lost", "dead_letters", "recovery_point"):
        assert subjects(load(str(BASE)), metric)[1] == []


def test_blast_radius_names_what_a_fault_hits_of_the_data_path():
    """Processes with their places, brokers with what they lead, logs, tables, and flows on links."""
    hits = blast_radius(resolve(load(str(PATH))))
    assert hits["a"] == ["relay of orders in us-east"]
    assert hits["b"] == ["mirror us-east -> us-west of orders"]
    assert hits["c"] == ["consumer search of orders in us-east, standby in us-west, eu-west"]
    assert hits["f"] == ["broker 1 in us-east, leader of 2 of 8 partitions"]
    assert hits["j"] == ["events of orders on the bus in us-east"]
    assert hits["n"] == ["stream job of orders, stock in us-east, standby in us-west"]
    assert hits["p"] == ["sync us-east -> us-west of orders, stock"]
    assert hits["s"] == ["tables of orders, stock in us-west"]
    assert hits["u"][0] == "region us-east: its gateway, zones a, b, its bus and its mirrors, its tables"
    assert "consumer search of orders in us-east, standby in us-west, eu-west" in hits["u"]
    assert not [phrase for phrase in hits["u"] if "levels" in phrase]  # which is in us-west
    assert hits["v"][-1] == "relay of orders in us-east"
    assert hits["w"] == ["link us-east -> us-west, replication of orders, stock; mirrors; sync of tables"]


def test_a_zone_takes_the_relays_of_its_primaries_with_it():
    """The bus is not in one zone, but a relay stops with its primary's node."""
    cut = ["faults={z: {kind: region_outage, region: us-east, zone: a, at: 1m}}", "bus={}"]
    assert blast_radius(resolve(load(str(BASE), sets=cut)))["z"] == [
        "primary of orders, stock in us-east, with replicas in eu-west, us-west",
        "relay of orders, stock in us-east",
    ]


def test_a_bad_bus_does_not_hide_what_else_is_wrong(tmp_path):
    """A wrong field of the bus, the lake or a consumer leaves references to them checked."""
    file = tmp_path / "x.yaml"
    file.write_text(
        f"extends: [{PATH}]\n"
        "bus: {partitions: none}\nlake: {again: 0}\nconsumers: {search: {commit: 5}}\n"
        "faults:\n  a: {process: orders/searhc}\nsla: {a: {of: orders.evens}}\n"
    )
    with pytest.raises(SpecError) as caught:
        load(str(file))
    assert {problem.path for problem in caught.value.problems} == {
        "bus.partitions",
        "consumers.search.commit",
        "lake.again",
        "faults.a.process",
        "sla.a.of",
    }
