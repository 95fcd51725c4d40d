"""The guard ends a run that takes far more than was expected, or makes no progress."""

import json

import pytest

from sim.cli.main import main
from sim.core import budget
from sim.core.budget import Budget, Guard, OverBudget, parse_budget
from sim.core.quantity import QuantityError
from sim.estimate.admission import guard
from sim.estimate.estimate import RunEstimate
from sim.estimate.term import Term
from sim.studies.machine import fingerprint
from sim.studies.work import packed, run_batch
from tests.study import small


def watching(**limits):
    """Return a guard whose process holds what ``held`` says."""
    held = limits.pop("held", [0])
    usual = {"rows": 1e9, "steps": 1e9, "growth_bytes": 1e9, "expected": "-"}
    return Guard(**{**usual, **limits}, held_bytes=lambda: held[0])


def test_rows_beyond_the_limit_end_a_run():
    """As many rows as the limit are admitted, one more is not."""
    watch = watching(rows=10)
    watch.recorded(10)
    with pytest.raises(OverBudget, match="it has made 11 rows"):
        watch.recorded(1)


def test_memory_beyond_the_limit_ends_a_run():
    """What counts is what the process has taken since the run began."""
    held = [5 << 30]
    watch = watching(growth_bytes=1 << 30, held=held)
    held[0] = 6 << 30
    watch.recorded(1)
    held[0] += 1
    with pytest.raises(OverBudget, match="of memory"):
        watch.recorded(1)


def test_memory_is_looked_at_between_slices_too():
    """A run that records nothing is ended by the steps of its control plane."""
    held = [0]
    watch = watching(growth_bytes=1 << 30, held=held)
    held[0] = 2 << 30
    with pytest.raises(OverBudget, match="of memory"):
        for now in range(2000):
            watch.stepped(now)


def test_steps_beyond_the_limit_end_a_run():
    """The control plane cannot go on for ever."""
    watch = watching(steps=3)
    for now in range(3):
        watch.stepped(now)
    with pytest.raises(OverBudget, match="4 steps"):
        watch.stepped(3)


def test_many_steps_at_one_moment_are_no_progress(monkeypatch):
    """Time must go on; the count begins anew when it does."""
    monkeypatch.setattr(budget, "STUCK_STEPS", 5)
    watch = watching()
    for now in (0, 0, 0, 0, 1, 1, 1, 1, 1):
        watch.stepped(now)
    with pytest.raises(OverBudget, match="no progress"):
        watch.stepped(1)


def test_a_run_is_held_to_twice_its_estimate_or_to_a_budget_that_is_more():
    """The budget raises what the guard allows, and never lowers it."""
    found = RunEstimate((Term("a", (), 1e9),), (), (Term("b", (), 1e9),))
    assert guard(found, Budget()).rows == pytest.approx(2e9, rel=0.01)
    assert guard(found, Budget(rows=5e9)).rows == 5e9
    assert guard(found, Budget(rows=1.0, memory_bytes=1.0)).rows == guard(found, Budget()).rows
    assert guard(found, Budget(memory_bytes=4e9)).growth_bytes == 4e9


@pytest.mark.parametrize(
    ("texts", "expected"),
    [((), Budget()), (("1e10",), Budget(1e10)), (("16GiB", "5"), Budget(5.0, float(16 << 30)))],
)
def test_a_budget_is_rows_without_and_memory_with_a_unit(texts, expected):
    """Each of the two can be given, or left to the default."""
    assert parse_budget(texts) == expected


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "5h", "x"])
def test_a_budget_that_is_none_is_refused(text):
    """Neither nothing nor everything is a budget."""
    with pytest.raises(QuantityError):
        parse_budget((text,))


@pytest.fixture
def strict(monkeypatch):
    """Hold every run to a few rows."""
    monkeypatch.setattr("sim.estimate.admission.SLACK_ROWS", 10)
    monkeypatch.setattr("sim.estimate.admission.HELD_TO", 0.0)


def test_a_run_that_is_ended_is_undecided_and_leaves_a_folder_that_says_so(strict, tmp_path, capsys):
    """Exit code 3, the reason on the page and in run.json, and nothing where a whole run would be."""
    path = small.written(tmp_path)
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 3
    page = capsys.readouterr().out
    assert page.startswith("INCONCLUSIVE: Small study: ended at ")
    assert "rpo" in page and "undecided" in page
    [folder] = (tmp_path / "out" / "small-study").iterdir()
    assert folder.name.endswith("-0-unfinished")
    found = json.loads((folder / "run.json").read_text())
    assert (found["verdict"], found["exit_code"]) == ("inconclusive", 3)
    assert "more than twice what was expected" in found["unfinished"]["why"]
    assert {one["verdict"] for one in found["sla"]} == {"undecided"}
    assert main(["explain", str(folder), "--record", "orders@1:1"]) == 2
    assert "did not come to its end" in capsys.readouterr().err


def test_a_trial_that_is_ended_is_a_failed_trial(strict, tmp_path):
    """A study keeps its reason; the others go on."""
    task = {"scenario": packed(small.scenario(tmp_path)), "seed": 0, "point": 0, "first": 0, "last": 1}
    text, _ = run_batch({**task, "machine": fingerprint(), "budget": Budget()})["written"]
    [row] = json.loads(text)["trials"]
    assert any("more than twice what was expected" in str(cell) for cell in row)


def test_a_scenario_that_is_too_large_is_bad_input_at_its_line(tmp_path, capsys):
    """Run, study and check end with 2, name the field, and leave no folder."""
    path = small.written(tmp_path, small.TEXT.replace("writes: 10/s", "writes: 5M/s"))
    for words in (["run"], ["run", "--trials", "2"]):
        assert main([*words[:1], str(path), *words[1:], "--out", str(tmp_path / "out")]) == 2
        error = capsys.readouterr().err
        assert "databases.orders.workload.writes: it" in error.replace("\n", " ") and "--budget" in error
    assert main(["check", str(path), "--out", str(tmp_path / "out"), "-q"]) == 2
    assert "--budget admits more" in capsys.readouterr().out
    assert [found for found in (tmp_path / "out").glob("*/*") if not found.name.startswith(".")] == []
