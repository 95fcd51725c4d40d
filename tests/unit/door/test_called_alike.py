"""Consumers called as stages and capabilities: every reader of a run tells them from the domain's own."""

from pathlib import Path

import pytest

import sim
from sim.cli.main import main

FILE = Path(__file__).parent / "called_alike.yaml"
CONSUMERS = {"raw", "read", "write", "events", "replica", "stream"}


@pytest.fixture(scope="module")
def alike(tmp_path_factory):
    """A run in which each consumer has the name of something else."""
    return sim.run(FILE, out=tmp_path_factory.mktemp("reports"), progress=False)


def test_tables_have_a_row_each(alike):
    """Waterfall, recovery and freshness have both, with figures of their own."""
    stages = set(alike.waterfall.loc["orders"].index)
    assert {f"consumer/{name}" for name in CONSUMERS} | {"raw", "replica"} <= stages
    assert len(stages) == len(alike.waterfall.loc["orders"])
    own, consumer = (alike.waterfall.loc[("orders", name), "delivered"] for name in ("raw", "consumer/raw"))
    assert own != consumer
    capabilities = set(alike.recovery.index)
    assert {f"orders.{name}" for name in ("read", "write", "events")} <= capabilities
    assert {f"orders.consumer/{name}" for name in CONSUMERS} <= capabilities
    levels = [alike.freshness.loc[name, "level_s"] for name in ("orders.events", "orders.consumer/events")]
    assert levels == [5, 30]


def test_objectives_are_judged_on_what_they_name(alike):
    """Of two objectives on one word each has the figure of its own subject."""
    of = alike.objectives["of"]
    named = ["orders.raw", "orders.consumer/raw", "orders.consumer/read", "orders.read"]
    assert list(of[["a", "b", "c", "d"]]) == named
    age = {name: alike.freshness.loc[of[name], "max_s"] for name in ("e", "f")}
    assert {name: alike.objectives.loc[name, "value"] for name in age} == age and age["e"] != age["f"]


def test_a_record_is_told_where_it_went(alike, capsys):
    """``sim explain --record`` names the table and the consumer apart."""
    assert main(["explain", str(alike.folder), "--record", "orders@1:100"]) == 0
    told = capsys.readouterr().out
    lines = ("completed by orders/consumer/raw in a", "in raw of a, commit", "handled by consumer/write in a")
    assert all(line in told for line in lines)


def test_designs_are_compared_name_by_name(tmp_path):
    """A slower consumer called ``events`` makes itself older, and not what the domain publishes."""
    slower = sim.load(FILE).change({"consumers.events.work": "70ms"})
    found = sim.compare(
        FILE, slower, trials=4, jobs=1, out=tmp_path, progress=False
    ).differences.reset_index()
    moved = set(found[(found["metric"] == "freshness.mean_s") & (found["difference"] != 0)]["of"])
    assert moved == {"orders.consumer/events"}


def test_a_study_tells_objectives_by_the_names_that_figures_have(tmp_path):
    """However an objective names its subject, tables can be joined on it."""
    studied = sim.study(FILE, trials=2, jobs=1, out=tmp_path, progress=False)
    assert studied.objectives.loc[("", "a"), "of"] == "orders.raw"
    assert set(studied.table("objectives")["of"]) == set(studied.objectives["of"])
