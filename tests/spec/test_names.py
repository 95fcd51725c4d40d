"""Names that people give are theirs: none is taken for something else because it ends or begins like it."""

import re

import pytest

from sim.core.errors import SpecError
from sim.core.names import PARTS
from sim.spec.faults.words import blast_radius
from sim.spec.resolve import dump, load, resolve
from tests.spec.corpus import HERE

PATH = HERE / "valid" / "path.yaml"
WORDS = ("read", "write", "reads", "events", "raw", "relay", "lake", "dashboard", "platform")
SILENT = [f"databases.{name}.workload.reads=0/s" for name in ("orders", "stock")]


@pytest.mark.parametrize("word", WORDS)
def test_an_insight_may_have_any_name(word):
    """Its freshness is about the writes that it reads, though nobody reads a database."""
    objective = f"{{metric: freshness_max, of: dashboard.{word}, must: <= 5m}}"
    sets = [f"insights.{word}={{reads: [orders], refresh: 1m}}", f"sla={{fresh: {objective}}}", *SILENT]
    assert resolve(load(str(PATH), sets=sets)).insights[word].reads == ["orders"]


@pytest.mark.parametrize("word", ("dashboard", "lake", "platform"))
@pytest.mark.parametrize("kind", ("read", "write"))
def test_a_database_may_have_any_name_where_there_is_no_data_path(tmp_path, word, kind):
    """Without a bus there are no dashboards and no lake that it could be taken for."""
    file = tmp_path / "named.yaml"
    file.write_text((HERE / "valid" / "base.yaml").read_text().replace("orders", word))
    objective = f"{{metric: rta, of: {word}.{kind}, must: <= 5m}}"
    assert word in resolve(load(str(file), sets=[f"sla={{back: {objective}}}"])).databases


CLEAR = {
    "sla.a.of": "orders.own/events",
    "faults.a.process": "orders/own/relay",
    "replays.back.into": "own/database",
}  # so that no other part of the scenario could mean the consumer


def named(word, **sets):
    """The scenario with a consumer called ``word``, and with other things set."""
    given = {f"consumers.{word}": "{of: orders, region: us-east}", **CLEAR, **sets}
    return resolve(load(str(PATH), sets=[f"{path}={value}" for path, value in given.items()]))


@pytest.mark.parametrize("word", sorted(PARTS))
def test_a_consumer_may_have_any_name(word, tmp_path):
    """One that its domain has too is told apart where it is named, by an objective, a fault and a replay."""
    kill = f"{{kind: process_kill, process: orders/consumer/{word}, at: 1m, duration: 1m}}"
    replay = f"{{of: orders, region: us-east, from: 1m, into: consumer/{word}, rate: 5/s, at: 9m}}"
    lost = f"{{lost: {{metric: records_lost, of: orders.consumer/{word}, must: == 0}}}}"
    scenario = named(word, sla=lost, **{"faults.x": kill, "replays.x": replay})
    assert scenario.sla["lost"].about == f"orders.consumer/{word}"
    assert blast_radius(scenario)["x"] == [f"consumer {word} of orders in us-east"]
    file = tmp_path / "again.yaml"
    file.write_text(dump(scenario))
    assert dump(resolve(load(str(file)))) == dump(scenario)


@pytest.mark.parametrize(
    ("metric", "of"),
    [
        *(("records_lost", f"orders.{word}") for word in ("raw", "bus", "outbox", "curated", "analytics")),
        *(("rta", f"orders.{word}") for word in ("read", "write", "events")),
        ("ghosts", "orders.raw"),
    ],
)
def test_what_may_be_a_consumer_or_the_domains_own_is_refused(metric, of):
    """It is no silent choice: the error gives both names, and with either it is clear what is meant."""
    word, must = of.partition(".")[2], "<= 5m" if metric == "rta" else "== 0"
    with pytest.raises(SpecError, match=f"the consumer '{word}', write orders.own/{word} or orders.consumer"):
        named(word, sla=f"{{x: {{metric: {metric}, of: {of}, must: {must}}}}}")
    for sort, about in (("own", of), ("consumer", f"orders.consumer/{word}")):
        scenario = named(word, sla=f"{{x: {{metric: {metric}, of: orders.{sort}/{word}, must: {must}}}}}")
        assert scenario.sla["x"].about == about


@pytest.mark.parametrize("process", ("relay", "stream", "curated"))
def test_a_process_that_may_be_a_consumer_is_refused(process):
    """A fault on ``orders/stream`` is told both ways to say which is meant."""
    kill = "{{kind: process_kill, process: orders/{}, at: 1m, duration: 1m}}"
    with pytest.raises(SpecError, match=f"write orders/own/{process} or orders/consumer/{process}"):
        named(process, **{"faults.x": kill.format(process)})
    own = named(process, **{"faults.x": kill.format(f"own/{process}")})
    assert "consumer" not in blast_radius(own)["x"][0]


def test_a_replay_into_what_may_be_a_consumer_is_refused():
    """``into: database`` is the database, unless a consumer of the domain is called so."""
    replay = "{{of: orders, region: us-east, from: 1m, into: {}, rate: 5/s, at: 9m}}"
    with pytest.raises(SpecError, match="write own/database or consumer/database"):
        named("database", **{"replays.x": replay.format("database")})
    for into, consumer in (("own/database", None), ("consumer/database", "database")):
        found = named("database", **{"replays.x": replay.format(into)}).replays["x"]
        assert found.consumer == consumer


def test_what_is_qualified_without_need_is_the_same():
    """``orders.consumer/search`` is ``orders.search``, and ``orders.own/raw`` is ``orders.raw``."""
    lost = "{{metric: records_lost, of: {}, must: == 0}}"
    names = ("orders.search", "orders.consumer/search", "orders.raw", "orders.own/raw")
    sla = ", ".join(f"x{n}: {lost.format(name)}" for n, name in enumerate(names))
    found = resolve(load(str(PATH), sets=[f"sla={{{sla}}}"])).sla
    assert [found[f"x{n}"].about for n in range(4)] == ["orders.search"] * 2 + ["orders.raw"] * 2


def test_the_contract_tells_every_name_of_a_domains_own():
    """docs/data-path.md lists the names that consumers are told apart from."""
    contract = (HERE.parents[1] / "docs/data-path.md").read_text("utf-8")
    (listed,) = re.findall(r"One that a part of each domain has \(([^)]*)\)", contract)
    assert set(re.findall(r"`(\w+)`", listed)) == PARTS
