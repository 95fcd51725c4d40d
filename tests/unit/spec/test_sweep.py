"""Sweeps that are right: which points there are, and how each is made again."""

import pytest

from sim.spec.resolve import load, resolve
from sim.spec.sweep import points
from tests.spec.corpus import HERE

BASE = str(HERE / "valid" / "base.yaml")


def labels(**more):
    """The labels of the points."""
    return [point.label for point in points(BASE, **more)]


def test_a_matrix_is_every_combination_and_the_last_path_changes_first():
    """Two times two."""
    assert labels(sweeps=["duration=20m,30m", "warmup=0,1m"]) == [
        "duration=20m, warmup=0",
        "duration=20m, warmup=1m",
        "duration=30m, warmup=0",
        "duration=30m, warmup=1m",
    ]


def test_nothing_swept_is_one_point_without_a_label():
    """The scenario itself."""
    (point,) = points(BASE)
    assert (point.label, point.sets) == ("", ())
    assert point.scenario == resolve(load(BASE))


def test_commas_in_brackets_and_quotes_do_not_part_values():
    """A distribution is one value."""
    sweeps = ["databases.orders.failover.promotion={uniform: [5s, 6s]},7s", "name='a, b',c"]
    assert len(labels(sweeps=sweeps)) == 4


@pytest.fixture
def swept(tmp_path):
    """Write a scenario with a sweep, and return its points."""

    def write(text):
        path = tmp_path / "s.yaml"
        path.write_text(f"extends: [{BASE}]\nsweep:\n{text}")
        return path, list(points(str(path)))

    return write


def test_a_list_is_the_combinations_it_names(swept):
    """No others."""
    _, found = swept("  - {duration: 20m, warmup: 2m}\n  - {duration: 30m}\n")
    assert [(p.scenario.duration, p.scenario.warmup) for p in found] == [
        (1_200_000_000_000, 120_000_000_000),
        (1_800_000_000_000, 60_000_000_000),
    ]


def test_the_option_takes_the_place_of_the_scenarios_own_sweep(swept):
    """As --set would."""
    path, _ = swept("  duration: [20m]\n")
    assert [p.label for p in points(str(path), sweeps=["warmup=0,1m"])] == ["warmup=0", "warmup=1m"]


@pytest.mark.parametrize(
    "value", ['">= 3"', "{uniform: [5s, 10s]}", "'null'", "'5'", "'a: b'", "'#1'", "30m"]
)
def test_a_points_texts_make_it_again(swept, value):
    """Whatever the value: it is quoted where YAML would read it as something else."""
    where = {'">= 3"': "sla.x", "{uniform: [5s, 10s]}": "databases.orders.failover.promotion"}.get(
        value, "name"
    )
    put = value if where != "sla.x" else '{metric: rpa_records, of: orders, must: ">= 3"}'
    where = "duration" if value == "30m" else where
    path, (point,) = swept(f"  {where}: [{put}]\n")
    assert resolve(load(str(path), sets=["sweep=null", *point.sets])) == point.scenario
    if where == "name":
        assert point.scenario.name == value.strip("'")


def test_a_sweep_may_add_an_objective_and_values_of_one_text(swept):
    """An entry that is given as a whole need not be there before."""
    _, found = swept("  sla.new: [{metric: rpa_records, of: orders, must: '<= 3'}]\n")
    assert "new" in found[0].scenario.sla
