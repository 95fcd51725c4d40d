"""The Python door: what it gives, what it costs to open, and that memory and folder say the same."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import sim

SMALL = "gate/orders"
TABLES = (
    "objectives", "recovery", "episodes", "phases", "loss", "waterfall", "freshness", "consistency",
    "staleness", "monitors", "milestones", "faults", "exposure", "ages", "success", "lag", "backlog", "lost",
)  # fmt: skip


def test_the_door_has_few_names_and_opens_without_heavy_imports():
    """``import sim`` loads neither numpy nor pandas nor pydantic, and every documented name is there."""
    code = (
        "import sys, sim; heavy = {'numpy', 'pandas', 'pydantic', 'numba', 'matplotlib'} & set(sys.modules);"
        "assert not heavy, heavy; assert len(sim.__all__) <= 12; [getattr(sim, name) for name in sim.__all__]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_is_not_there_is_told_with_those_that_are():
    """A slip names what there is."""
    with pytest.raises(AttributeError, match="compare"):
        _ = sim.simulate


@pytest.mark.parametrize("name", TABLES)
def test_a_run_in_memory_and_one_from_its_folder_give_the_same_tables(ghosts, name):
    """Every table of a run equals that of the run opened from disk, units included."""
    opened = getattr(sim.open(ghosts.folder), name)
    assert len(opened)
    assert_frame_equal(getattr(ghosts, name), opened)
    assert getattr(ghosts, name).attrs == opened.attrs


def test_figures_in_tables_are_those_of_the_document(ghosts):
    """Loss, recovery and objectives are told as run.json tells them."""
    document = json.loads((ghosts.folder / "run.json").read_text())
    assert ghosts.loss.loc["orders", "records"] == document["loss"]["orders"]["records"] == 573
    assert ghosts.recovery.loc["orders.write", "rta_s"] == document["recovery"]["orders.write"]["rta_s"]
    assert list(ghosts.objectives["verdict"]) == [one["verdict"] for one in document["sla"]]
    assert ghosts.objectives.loc["rpo", "unit"] == "records"
    assert ghosts.loss.attrs["units"]["window_s"] == "s"


def test_lost_records_are_counted_by_ranges_and_named_by_rows(ghosts):
    """Ranges of the database sum to the loss of run.json; rows name commits as ``explain --record`` does."""
    lost = ghosts.lost.query("stage == 'replica' and kind == 'lost'")
    kinds = lost.groupby("row")["records"].sum()
    assert kinds["range"] == kinds["record"] == ghosts.loss.loc["orders", "records"] == 573
    assert lost["id"].str.fullmatch(r"orders@\d+:\d+").all()
    assert list(lost["rid"].isna()) == list(lost["row"] == "range")
    assert ghosts.lost.attrs["units"] == {"at_ns": "ns", "commit_ns": "ns", "records": "records"}


def test_a_run_whose_records_nobody_kept_says_so(ghosts):
    """A run made of a document alone has no table of lost records, rather than an empty one."""
    with pytest.raises(sim.SpecError, match="not known"):
        _ = sim.Run(ghosts.document).lost


def test_phases_sum_to_the_recovery_that_they_explain(ghosts):
    """The phases of a capability last as long as its worst recovery, and begin with it."""
    spent = ghosts.phases.groupby("capability")["duration_s"].sum()
    for name in spent.index:
        assert spent[name] == pytest.approx(ghosts.recovery.loc[name, "rta_s"])
    begun = ghosts.phases.groupby("capability")["started_s"].min()
    assert set(begun) <= set(ghosts.episodes["started_s"])


def test_what_was_not_measured_is_not_a_number_of_any_kind(ghosts):
    """A capability that never recovered has no RTA, rather than 0 or infinity."""
    assert ghosts.recovery.loc["dashboard.sales", "rta_s"] is pd.NA
    assert ghosts.recovery.loc["dashboard.sales", "censored_after_s"] > 0


def test_series_know_the_windows_of_the_faults(ghosts):
    """A series over time carries when each fault began and healed."""
    assert ghosts.exposure.attrs["faults"] == [("stuck", 270.0, 870.0), ("power", 300.0, 900.0)]
    assert ghosts.exposure["orders", "us-west", "crash", "records"].max() == 573


def test_a_summary_begins_with_what_is_worst(ghosts):
    """Requests come first, then what was too old, then the loss, then the objectives missed."""
    down, old, lost, missed = ghosts.summary.rsplit(". ", 3)
    assert down.startswith("orders.write was down for 1m 25s: 36.9 s of it until clients")
    assert old.startswith("dashboard.sales was too old for 9m 10s at least, and had not been good")
    assert lost == "Lost: 573 acknowledged records (orders 573)"
    assert missed.startswith("Missed: sound-since, rpo")


def test_a_review_is_the_same_from_memory_and_from_the_folder(ghosts):
    """All that a page begins with comes out equal when the run is opened again."""
    assert sim.open(ghosts.folder).review == ghosts.review


def test_a_notebook_shows_text_of_others_as_text(ghosts, tmp_path):
    """Markup in a scenario's name is shown, not run."""
    hostile = sim.Run({**ghosts.document, "scenario": "<script>alert(1)</script>"})
    assert "<script>" not in hostile._repr_html_()


def test_a_change_is_what_set_would_do_and_leaves_the_scenario_as_it_was():
    """A changed scenario has another digest; the first one keeps its own."""
    scenario = sim.load(SMALL)
    changed = scenario.change({"databases.orders.workload.writes": "7/s"}, purpose="a trial")
    assert changed.resolved.databases["orders"].workload.writes == 7
    assert changed.digest != scenario.digest == sim.load(SMALL).digest
    assert "--set" in changed.command()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: sim.load("gate/order"), "did you mean gate/orders"),
        (lambda: sim.load(SMALL).change({"databases.orders.replicatoin": 1}), "replicatoin"),
        (lambda: sim.open("."), "holds neither run.json nor study.json"),
    ],
)
def test_what_is_wrong_is_told_in_words_without_a_traceback(wrong, said):
    """A slip is a SpecError that says where and what; a notebook shows the words alone."""
    with pytest.raises(sim.SpecError) as told:
        wrong()
    assert said in str(told.value)
    assert said in "\n".join(told.value._render_traceback_())
    assert not any(line.lstrip().startswith("File ") for line in told.value._render_traceback_())


def test_a_folder_that_was_changed_is_not_opened(ghosts, tmp_path):
    """Figures that somebody edited are refused."""
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(ghosts.folder, copy)
    (copy / "run.json").write_text((copy / "run.json").read_text().replace("573", "0"))
    with pytest.raises(sim.SpecError, match="run the scenario again"):
        sim.open(copy)


def test_the_journal_is_kept_only_where_there_is_a_folder_for_it():
    """Asking for a journal without a folder is an error, not silence."""
    with pytest.raises(ValueError, match="out="):
        sim.run(SMALL, keep_journal=True)


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A study of two points, few trials each."""
    out = tmp_path_factory.mktemp("studies")
    scenario = sim.load(SMALL)
    sweep = {"databases.orders.workload.writes": ["5/s", "20/s"]}
    return sim.study(scenario, trials=3, sweep=sweep, jobs=1, out=out, progress=False)


def test_a_study_has_a_row_for_each_point_and_objective(studied):
    """Rulings, estimates and trials are tables; the study opened from its folder is the same."""
    points = studied.objectives.index.get_level_values("point").unique()
    assert len(points) == 2
    assert (studied.objectives[["met", "missed", "undecided"]].sum(axis=1) == 3).all()
    assert len(studied.table("trials")) == 6
    assert len(studied.frontier) == 2
    assert_frame_equal(studied.estimates, sim.open(studied.folder).estimates)
    with pytest.raises(ValueError, match="milestones"):
        studied.table("records")


def test_two_designs_are_compared_trial_by_trial(tmp_path):
    """The faster load has more operations, in every pair of trials."""
    before = sim.load(SMALL)
    after = before.change({"databases.orders.workload.writes": "20/s"})
    found = sim.compare(before, after, trials=2, jobs=1, out=tmp_path, progress=False)
    row = found.differences.loc[("operations.ok", "orders.write")]
    assert row["differs"]
    assert row["difference"] > 0
    assert "figures differ" in repr(found)
