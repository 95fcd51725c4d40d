"""Good input: what is legal loads, resolves to a fixed point, and is named by a digest of what it says."""

import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sim.core.distributions import lognormal
from sim.core.errors import SpecError
from sim.spec.faults.kinds import KINDS
from sim.spec.model import Model, fields_by_key
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.subjects import KINDS as KINDS_OF_SUBJECTS
from sim.spec.resolve import blast_radius, digest, dump, fault_catalogue, load, resolve, starter
from sim.spec.starter import Outline
from tests.spec.corpus import HERE, SCENARIOS, VALID

ROOT = HERE.parents[1]
BASE, EVERYTHING, PATH = (HERE / "valid" / f"{name}.yaml" for name in ("base", "everything", "path"))
FILES = [*VALID, *SCENARIOS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_resolved_form_is_a_scenario_that_resolves_to_itself(path, tmp_path):
    """The dump of a resolved scenario resolves, from anywhere, to an equal one with the same digest."""
    resolved = resolve(load(str(path)))
    copy = tmp_path / "resolved.yaml"
    copy.write_text(dump(resolved))
    again = resolve(load(str(copy)))
    assert again == resolved
    assert dump(again) == dump(resolved)
    assert digest(again) == digest(resolved)
    assert dump(load(str(copy))) == dump(resolved)


def test_resolved_says_everything():
    """After resolving, nothing is None but what is drawn, and what means something by its absence."""
    scenario = resolve(load(str(BASE)))
    assert set(scenario.network.links) == {
        f"{a}/{b}" for a in scenario.regions for b in scenario.regions if a != b
    }
    assert scenario.network.links["us-west/us-east"].latency == 32_000_000
    assert scenario.clients["us-east"].share == 2 / 3
    assert scenario.clients["us-east"].order == ["us-east", "us-west", "eu-west"]
    assert scenario.clients["eu-west"].order == ["eu-west", "us-east", "us-west"]
    assert {name: db.zone for name, db in scenario.databases.items()} == {"orders": "a", "stock": "a"}
    assert {name: db.replication.share for name, db in scenario.databases.items()} == {
        "orders": 0.5,
        "stock": 0.5,
    }
    assert list(_nones(scenario.model_dump())) == [
        *("offset", "offset", "stock", "offset", "stock"),
        *("bus", "lake", "study", "sweep", "prices"),
    ]


def _nones(data: Any, key: str = ""):
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _nones(value, name)
    elif data is None:
        yield key


def test_a_link_in_one_direction_stands_for_both_unless_the_other_is_given():
    """a/b gives b/a; a b/a in the file wins."""
    links = resolve(load(str(EVERYTHING))).network.links
    assert links["us-west/us-east"].latency == 33_000_000
    assert links["us-east/us-west"].latency == 32_000_000
    assert links["us-east/ap-south"] == links["ap-south/us-east"]


def test_shares_left_open_divide_what_the_given_ones_leave():
    """With 60 % given, the other database on that link gets 40 %; one that is alone on its links gets all."""
    databases = resolve(load(str(EVERYTHING))).databases
    assert databases["stock"].replication.share == pytest.approx(0.4)
    assert databases["archive"].replication.share == 1.0


def test_name_purpose_and_order_are_not_in_the_digest(tmp_path):
    """The digest names what is simulated: not its title, the order of maps or how a quantity is written."""
    plain = resolve(load(str(BASE)))
    renamed = resolve(load(str(BASE), sets=["name=Other", "purpose=Why"]))
    rewritten = resolve(load(str(BASE), sets=["duration=600s", "databases.stock.workload.writes=600/min"]))
    assert digest(plain) == digest(renamed) == digest(rewritten)
    lines = BASE.read_text()
    stock = lines[lines.index("  stock:") :]
    (tmp_path / "x.yaml").write_text(lines.replace(stock, "").replace("databases:\n", "databases:\n" + stock))
    assert dump(resolve(load(str(tmp_path / "x.yaml")))) == dump(plain)
    assert digest(plain) != digest(resolve(load(str(BASE), sets=["duration=601s"])))
    assert re.fullmatch(r"[0-9a-f]{12}", digest(plain))


def test_the_digest_names_the_content_of_files_not_their_place(tmp_path):
    """The same files elsewhere give the same digest; another value in them another."""
    for folder in ("one", "two"):
        shutil.copytree(HERE / "valid", tmp_path / folder)
    (tmp_path / "two/data/lags.csv").write_text("value_s\n0.25\n1\n")
    same = digest(resolve(load(str(tmp_path / "two/everything.yaml"))))
    assert same == digest(resolve(load(str(tmp_path / "one/everything.yaml"))))
    with (tmp_path / "two/data/lags.csv").open("a") as stream:
        stream.write("2\n")
    assert same != digest(resolve(load(str(tmp_path / "two/everything.yaml"))))
    with (tmp_path / "one/data/trace.csv").open("a") as stream:
        stream.write("2,us-east,read\n")
    assert same != digest(resolve(load(str(tmp_path / "one/everything.yaml"))))


def test_a_distribution_of_another_kind_takes_the_place_of_one(tmp_path):
    """Of the same kind it is merged, of another it replaces; both ways a file can be used as an overlay."""
    base, over, same = tmp_path / "base.yaml", tmp_path / "over.yaml", tmp_path / "same.yaml"
    base.write_text(starter())
    text = "databases: {{orders: {{failover: {{promotion: {}, decision: {}}}}}}}"
    over.write_text(text.format("{uniform: [1s, 2s]}", "{exponential: 1m}"))
    same.write_text(text.format("7s", "{lognormal: {p99: 80s}}"))
    rules = load(str(base), [str(over)]).databases["orders"].failover
    assert (rules.promotion.kind, rules.decision.kind) == ("uniform", "exponential")
    rules = load(str(base), [str(same)]).databases["orders"].failover
    assert (rules.promotion.kind, rules.decision) == ("constant", lognormal(20e9, 80e9))


def test_overlays_and_sets_win_in_order(tmp_path):
    """A later overlay beats an earlier one and the file, --set all; null deletes, lists replace."""
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text("warmup: 2m\ngateway: {ttl: 20s, resolvers: 9}\n")
    second.write_text("gateway: {ttl: 40s}\nregions: {us-west: {zones: [a]}}\ndatabases: {stock: null}\n")
    scenario = load(str(BASE), overlays=[first, second], sets=["gateway.check.failures=5", "warmup=null"])
    gateway = scenario.gateway
    assert (gateway.ttl, gateway.resolvers, gateway.check.failures) == (
        40_000_000_000,
        9,
        5,
    )
    assert scenario.warmup == 0
    assert list(scenario.databases) == ["orders"]
    assert scenario.regions["us-west"].zones == ["a"]


def test_yaml_is_read_by_the_1_2_core_schema(tmp_path):
    """on, no, 1:30 and 010 are what they look like today, not what YAML 1.1 made of them."""
    file = tmp_path / "x.yaml"
    file.write_text(
        f"extends: [{BASE}]\nname: 1:30\npurpose: on\n"
        "gateway: {resolvers: 010, check: {failures: 0x1F}}\n"
    )
    scenario = load(str(file))
    assert (scenario.name, scenario.purpose) == ("1:30", "on")
    assert (scenario.gateway.resolvers, scenario.gateway.check.failures) == (10, 31)


@pytest.mark.parametrize(
    "value", ["1e3", "0o17", "null", "on", "", " x", "a: b", "ü\n#", "'", "1:30", "0x1f", ".inf", "~"]
)
def test_any_text_survives_a_dump(value, tmp_path):
    """A name that looks like something else is quoted."""
    scenario = load(str(BASE)).model_copy(update={"name": value})
    file = tmp_path / "x.yaml"
    file.write_text(dump(scenario))
    assert load(str(file)).name == value


def test_the_file_with_everything_has_everything():
    """everything.yaml, path.yaml and their base write every field of every model: none is untested."""
    written = set(_written(EVERYTHING.read_text() + PATH.read_text() + BASE.read_text()))
    fields = {name for model in _models(Model) for name in fields_by_key(model)}
    assert fields - written == {"sha256"}  # which only a resolved scenario has


def _models(model: type[Model]):
    for child in model.__subclasses__():
        yield child
        yield from _models(child)


def _written(text: str):
    yield from re.findall(r"(?:^|[{,]) *([a-z_0-9]+):", text, re.MULTILINE)


def test_each_kind_of_fault_is_in_the_catalogue_with_its_fields():
    """`sim faults` lists every kind; a field is required exactly if the model requires it."""
    catalogue = fault_catalogue()
    assert len(catalogue) == len(KINDS)
    assert catalogue["replication_pause"]["fields"]["database"] == {
        "type": "text",
        "default": None,
        "required": True,
        "what": "The database, or * for all.",
    }
    assert catalogue["network_latency"]["fields"]["latency"] == {
        "type": "duration",
        "default": "0s",
        "required": False,
        "what": "What is added to each leg over the link. Default: nothing.",
    }
    assert catalogue["region_outage"]["fields"]["wire"]["type"] == "delivered | lost"
    assert list(catalogue["db_crash"]["fields"]) == [
        "database",
        "region",
        "data",
        "at",
        "when",
        "duration",
        "probability",
    ]


REGIONS = ("us-east", "us-west", "eu-west", "ap-south", "sa-east", "af-south")


@pytest.mark.parametrize("regions", [1, 2, 3, 6])
@pytest.mark.parametrize("stores", [("orders",), ("orders", "pay", "ship")])
@pytest.mark.parametrize(("bus", "lake"), [(False, False), (True, False), (True, True)])
def test_the_starter_is_a_legal_scenario(tmp_path, regions, stores, bus, lake):
    """What `sim init` writes loads, with what was asked for, a fault, objectives and a study."""
    rates = {name: f"{10 * (i + 1)}/s" for i, name in enumerate(stores)}
    outline = Outline(
        regions=REGIONS[:regions], stores=rates, latency={("us-east", "us-west"): "7ms"}, bus=bus, lake=lake
    )
    file = tmp_path / "first.yaml"
    file.write_text(starter(outline))
    scenario = resolve(load(str(file)))
    assert set(scenario.regions) == set(REGIONS[:regions])
    assert [one.workload.writes for one in scenario.databases.values()] == [
        10.0 * (i + 1) for i in range(len(stores))
    ]
    assert (scenario.bus is not None, scenario.lake is not None) == (bus, lake)
    assert regions == 1 or scenario.network.links["us-east/us-west"].latency == 7_000_000
    assert {objective.of.split(".")[0] for objective in scenario.sla.values()} >= set(stores)
    assert scenario.faults
    assert scenario.study.trials == 200


def test_blast_radius_names_what_each_fault_hits():
    """Regions, nodes by role, links with their flows, clients, streams and controllers, in words."""
    hits = blast_radius(resolve(load(str(EVERYTHING))))
    assert hits["a"] == [
        "primary of orders, stock in us-east, with replicas in eu-west, us-west",
        "replica of ledger in us-east",
    ]
    assert hits["b"][:2] == ["link us-west -> eu-west", "clients in ap-south to and from eu-west"]
    assert hits["c"] == [
        "link us-east -> eu-west, replication of orders",
        "link us-east -> us-west, replication of orders, stock",
    ]
    assert hits["d"] == [
        "link ap-south -> us-east",
        "link eu-west -> us-west",
        "link us-east -> ap-south",
        "link us-west -> eu-west",
    ]
    assert hits["j"] == ["replica of stock in us-west"]
    assert hits["l"] == ["reads of orders from us-east"]
    assert hits["m"] == ["failover of orders"]


def test_shipped_scenarios_have_a_purpose_and_drills_have_objectives():
    """Every shipped file says what it is for; all but the platforms break something and judge it."""
    assert len([path for path in SCENARIOS if path.parent.name != "platforms"]) >= 6
    for path in SCENARIOS:
        scenario = load(str(path))
        assert scenario.purpose
        assert "\n" not in scenario.purpose
        assert path.parent.name == "platforms" or (scenario.faults and scenario.sla)


def test_the_drill_has_the_load_it_is_known_for():
    """Three regions, four domains, two hours, in all 500 writes/s and 2000 reads/s.

    Each of four handlers makes a write of every new order.
    """
    scenario = load(str(ROOT / "scenarios/drills/lose-primary-region.yaml"))
    loads = [database.workload for database in scenario.databases.values()]
    assert (len(scenario.regions), len(loads), scenario.duration) == (3, 4, 7_200_000_000_000)
    handlers = [consumer for consumer in scenario.consumers.values() if consumer.writes is not None]
    made = len(handlers) * scenario.databases["orders"].workload.writes
    assert (sum(load.writes for load in loads) + made, sum(load.reads for load in loads)) == (500, 2000)


def test_when_milestones_are_those_of_the_journal():
    """What a fault can wait for is every kind of milestone that belongs to a database."""
    from sim.core.milestones import KINDS
    from sim.spec.faults.when import MILESTONES, PATH_MILESTONES

    of_no_database = {"fault.started", "fault.healed", "region.down", "region.up"}
    of_no_database |= {"lake.moved", "partitions.down", "partitions.up"}
    of_no_database |= {"replay.started", "replay.finished"}
    assert set(KINDS) - {*MILESTONES, *PATH_MILESTONES} == of_no_database
    assert {*MILESTONES, *PATH_MILESTONES} <= set(KINDS)


def test_every_kind_of_subjects_has_a_metric_and_every_metric_a_kind():
    """A metric of a kind that nobody can find is as much an error as a kind that nothing is measured of."""
    assert {metric.of for metric in METRICS.values()} == {*KINDS_OF_SUBJECTS}


def test_a_trace_without_clients_is_dealt_by_share(tmp_path):
    """Rows without a client go to the groups by their shares; without a kind they are writes."""
    from sim.models.store.recorded_load import arrivals

    (tmp_path / "t.csv").write_text("time_s\n" + "".join(f"{9 - i}\n" for i in range(9)))
    load_it = "databases.orders.workload={writes: 0, reads: 0, arrivals: {kind: trace, file: %s}}" % (
        tmp_path / "t.csv"
    )
    scenario = resolve(load(str(BASE), sets=[load_it]))
    streams = {name: times.tolist() for name, times in arrivals(scenario, "orders").items()}
    assert {name: len(times) for name, times in streams.items()} == {
        "orders/eu-west/write": 3,
        "orders/us-east/write": 6,
    }
    assert all(a < b for times in streams.values() for a, b in pairwise(times))
    assert arrivals(scenario, "stock") == {}


def test_a_parquet_trace_reads_like_the_same_csv(tmp_path):
    """The columns of a Parquet file mean what they mean in CSV."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from sim.models.store.recorded_load import arrivals

    columns = {"time_s": [1.5, 0.25], "client": ["us-east", "eu-west"], "kind": ["read", "write"]}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    text = "databases.orders.workload={writes: 0, reads: 0, arrivals: {kind: trace, file: %s}}"
    scenario = resolve(load(str(BASE), sets=[text % (tmp_path / "t.parquet")]))
    assert {name: times.tolist() for name, times in arrivals(scenario, "orders").items()} == {
        "orders/eu-west/write": [250_000_000],
        "orders/us-east/read": [1_500_000_000],
    }


def test_a_changed_trace_is_noticed_by_the_resolved_scenario(tmp_path):
    """A resolved scenario names its trace by content, so a trace that changed is an error."""
    shutil.copytree(HERE / "valid", tmp_path / "x")
    copy = tmp_path / "resolved.yaml"
    copy.write_text(dump(resolve(load(str(tmp_path / "x/everything.yaml")))))
    Path(tmp_path / "x/data/trace.csv").write_text("time_s\n1\n")
    with pytest.raises(SpecError, match="has changed since the scenario was resolved"):
        load(str(copy))
