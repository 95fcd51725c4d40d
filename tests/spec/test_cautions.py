"""What ``sim validate`` warns of: it is allowed, and hardly what somebody means."""

import pytest

from sim.spec.cautions import cautions
from sim.spec.resolve import load, resolve
from tests.spec.corpus import HERE

BASE = HERE / "valid" / "base.yaml"
RPO = "sla={none-lost: {metric: rpa_records, of: orders, must: '== 0'}}"
TWO = """
name: Two regions
duration: 10m
regions: {us-east: {}, us-west: {}}
network: {links: {us-east/us-west: {latency: 32ms}}}
clients: {us-east: {share: 1}}
databases: {orders: {primary: us-east, replicas: [us-west], workload: {writes: 10/s}}}
"""


def said(*sets: str) -> list[str]:
    """Return what is warned of in the base scenario with some values changed."""
    return [
        line.removeprefix("warning: ").split(":")[0] for line in cautions(resolve(load(str(BASE), sets=sets)))
    ]


def test_nothing_is_said_of_a_sound_scenario():
    """Three regions, replicas, and a fault that the objective can miss."""
    assert said(RPO, "faults={power: {kind: region_outage, region: us-east, at: 1m}}") == []


def test_a_single_copy_is_warned_of():
    """By database: others may have replicas."""
    assert said("databases.stock.replicas=[]") == ["databases.stock"]


def test_two_regions_are_warned_of(tmp_path):
    """The one that is left is no majority; a single copy there is another matter."""
    file = tmp_path / "two.yaml"
    file.write_text(TWO)
    (line,) = cautions(resolve(load(str(file))))
    assert "losing the primary's region never leads to a failover of orders" in line
    (line,) = cautions(resolve(load(str(file), sets=["databases.orders.replicas=[]"])))
    assert line.startswith("warning: databases.orders: the node in us-east has the only copy")


@pytest.mark.parametrize(
    "fault",
    [
        "{kind: region_outage, region: us-east, at: 1m}",
        "{kind: db_crash, database: orders, at: 1m}",
        "{kind: db_crash, database: '*', at: 1m}",
        "{kind: node_slow, database: orders, region: us-east, factor: 100, at: 1m}",
        "{kind: region_isolation, region: us-east, at: 1m}",
        "{kind: region_isolation, region: us-west, at: 1m}",
        "{kind: packet_loss, link: us-west->us-east, loss: 50%, at: 1m}",
        "{kind: network_partition, shape: bisect, at: 1m}",
        "{kind: traffic_spike, factor: 10, at: 1m}",
    ],
)
def test_an_objective_that_a_fault_can_miss_is_not_warned_of(fault):
    """It reaches the primary, or probes of it: a promotion may follow, and lose something."""
    assert said(RPO, f"faults={{it: {fault}}}") == []


@pytest.mark.parametrize(
    "fault",
    [
        None,
        "{kind: region_outage, region: eu-west, at: 1m}",
        "{kind: db_crash, database: stock, at: 1m}",
        "{kind: db_crash, database: orders, region: us-west, at: 1m, data: lost}",
        "{kind: replication_pause, database: orders, region: us-west, at: 1m}",
        "{kind: packet_loss, link: us-west/eu-west, loss: 50%, at: 1m}",
        "{kind: bandwidth_limit, link: us-east/us-west, bandwidth: 1Mbit/s, at: 1m}",
        "{kind: decision_delay, delay: 1m, at: 1m}",
    ],
)
def test_an_objective_that_no_fault_can_miss_is_warned_of(fault):
    """Nothing is lost in a database whose primary is never replaced: met in any design, it says nothing."""
    assert said(RPO, *([f"faults={{it: {fault}}}"] if fault else ["faults={}"])) == ["sla.none-lost"]
    lower = RPO.replace("== 0", ">= 1")
    assert said(lower, *([f"faults={{it: {fault}}}"] if fault else ["faults={}"])) == []
