"""The commands of studies on a real small scenario: check, baseline, sweep, and what they refuse."""

import gc
import json
import shutil
import weakref
from pathlib import Path

import pytest
import yaml

from sim.cli.main import main
from sim.studies.executors import crew
from sim.studies.unfinished import WorkersLost
from sim.studies.work import _Heap
from tests.study import small


@pytest.fixture
def sim(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder that holds the small scenario; return (code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    small.written(tmp_path)

    def call(*arguments):
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


ONE = ("--jobs", "1", "--quiet")


def test_a_check_against_its_own_baseline_is_not_worse_from_any_folder(sim, tmp_path, monkeypatch):
    """The baseline knows a scenario by its name, wherever its file lies, and however that was named."""
    assert sim("baseline", "update", "small.yaml", "--trials", "6", *ONE)[0] == 0
    kept = json.loads((tmp_path / "sim-baseline.json").read_text())
    assert list(kept["scenarios"]) == [yaml.safe_load((tmp_path / "small.yaml").read_text())["name"]]
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(tmp_path / "small.yaml", tmp_path / "elsewhere" / "other.yaml")
    monkeypatch.chdir(tmp_path / "elsewhere")
    named = ("other.yaml", "--baseline", "../sim-baseline.json", "--trials", "6")
    code, out, _ = sim("check", *named, *ONE)
    assert out.count("not worse than the baseline (6 pairs)") == 2
    assert code == 3  # six trials decide nothing


def test_two_scenarios_of_one_name_are_no_baseline(sim, tmp_path):
    """One would take the place of the other; it is said before anything runs."""
    shutil.copy(tmp_path / "small.yaml", tmp_path / "twin.yaml")
    code, _, err = sim("baseline", "update", "small.yaml", "twin.yaml", *ONE)
    assert code == 2
    assert "small.yaml and twin.yaml are both named" in " ".join(err.split())
    assert not (tmp_path / "sim-baseline.json").exists()


def test_a_baseline_from_before_bounds_leaves_a_check_open_until_it_is_updated(sim, tmp_path):
    """It is no regression, and nothing passes by it: exit code 3, and what to do."""
    update = ("baseline", "update", "small.yaml", "--trials", "6", *ONE)
    check = ("check", "small.yaml", "--baseline", "sim-baseline.json", "--trials", "6", *ONE)
    sim(*update)
    path = tmp_path / "sim-baseline.json"
    kept = json.loads(path.read_text())
    for scenario in kept["scenarios"].values():
        del scenario["format"], scenario["sha256"]  # there were none of either
    path.write_text(json.dumps(kept))
    code, out, _ = sim(*check, "--tolerance", "9")
    assert code == 3 and out.count("(predates bounds: update)") == 2
    sim(*update)
    assert "not worse than the baseline" in sim(*check)[1]


def test_a_file_named_twice_is_checked_once(sim):
    """By itself and by its folder."""
    _, out, _ = sim("check", "small.yaml", ".", "--trials", "1", *ONE)
    assert "1 inconclusive, 1 pass" in out


def test_github_gets_annotations_and_a_summary_where_it_runs(sim, tmp_path, monkeypatch):
    """And JUnit where it is asked for."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    code, out, _ = sim("check", "small.yaml", "--trials", "1", "--junit", "j.xml", *ONE)
    assert code == 3
    assert "::warning file=small.yaml,line=20,title=rto::" in out
    assert (tmp_path / "summary.md").read_text().startswith("| verdict | scenario |")
    assert 'errors="1"' in (tmp_path / "j.xml").read_text()


@pytest.mark.parametrize(
    "command", [("run", "small.yaml"), ("check", "small.yaml"), ("baseline", "update", "x")]
)
def test_an_unknown_until_is_bad_input_before_anything_runs(sim, command):
    """Not after the first look."""
    code, _, err = sim(*command, "--until", "banana")
    assert code == 2 and "neither trials, decided nor a precision such as 5%" in err


def test_the_same_study_twice_leaves_one_whole_folder_with_the_same_tables(sim, tmp_path):
    """A finished study's folder is replaced, and nothing hidden stays beside it."""
    run = ("run", "small.yaml", "--trials", "2", "--out", "out", *ONE)
    sim(*run)
    before = small.tables(tmp_path)
    (folder,) = tmp_path.glob("out/*/*-study")
    (folder.parent / f".{folder.name}.study-1.done").mkdir()  # whoever tidied up was killed
    sim(*run)
    assert small.tables(tmp_path) == before
    assert [path.name for path in tmp_path.glob("out/*/.*")] == []


def test_what_a_trial_leaves_is_collected_before_the_next(sim, monkeypatch):
    """The program starts without collecting garbage; a study that never did took 7 MB a trial."""
    import sim.trial as module

    class Left:
        pass

    alive, seen, true = [], [], module.run

    def leaving(*given, **named):
        seen.append(sum(ref() is not None for ref in alive))
        left = Left()
        left.itself = left
        alive.append(weakref.ref(left))
        return true(*given, **named)

    monkeypatch.setattr(module, "run", leaving)
    monkeypatch.setattr("sim.studies.work._HEAP", _Heap())
    gc.disable()
    try:
        sim("run", "small.yaml", "--trials", "4", *ONE)
    finally:
        gc.enable()
        gc.unfreeze()
    assert seen == [0, 0, 0, 0]


def test_a_sweep_over_objectives_judges_each_point_by_its_own(sim):
    """One bound is out of reach, the other is not."""
    sweep = ("--sweep", "sla.rto.must=<= 1s,<= 10m", "--set", "sla.rto.in=null")
    code, out, _ = sim("run", "small.yaml", "--trials", "2", "--json", *sweep, "--jobs", "1")
    verdicts = [{r["id"]: r["verdict"] for r in p["sla"]}["rto"] for p in json.loads(out)["points"]]
    assert (code, verdicts) == (1, ["fail", "pass"])


@pytest.fixture
def two(tmp_path):
    """Two scenarios with an objective that one trial decides."""
    text = small.TEXT.replace(", in: 90%", "").replace("<= 90s", "<= 10m")
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(text.replace("Small study", name))


def test_lost_workers_leave_one_file_undecided_and_the_worst_verdict_counts(sim, two, monkeypatch):
    """The other's miss is the exit code; JUnit and GitHub see both."""

    def lost(where):
        monkeypatch.setattr("sim.studies.study.crew", crew)
        raise WorkersLost("the scheduler at tcp://x:1 is gone")

    monkeypatch.setattr("sim.studies.study.crew", lost)
    path = Path("b.yaml")
    path.write_text(path.read_text().replace("<= 10m", "<= 1ms"))
    code, out, _ = sim("check", "a.yaml", "b.yaml", "--junit", "j.xml", "--annotations", "github", *ONE)
    assert code == 1
    assert [line.split()[0] for line in out.splitlines()[:3]] == ["FAIL", "INCONCLUSIVE", "PASS"]
    gone = "the scheduler at tcp://x:1 is gone; finished trials are kept"
    assert f"::warning file=a.yaml,line=1,title=scenario::{gone}" in out
    assert f'<error message="{gone}' in Path("j.xml").read_text()


@pytest.fixture
def broken(monkeypatch):
    """Trial 2 of every study breaks."""
    small.break_trial_2(monkeypatch)


AGAIN = "small.yaml --seed 0 --trial 2"


def test_a_study_with_a_broken_trial_says_so_in_its_one_line_and_in_every_table(sim, broken, tmp_path):
    """-q has the count and the command; objectives and faults have rows of the trial, which say nothing."""
    import pandas as pd

    code, out, _ = sim("run", "small.yaml", "--trials", "4", *ONE)
    assert code == 3
    assert out.endswith(f"1 of 4 trials broke, the first: sim run {AGAIN}\n") and out.count("\n") == 1
    (folder,) = tmp_path.glob("reports/*/*-study")
    objectives = pd.read_parquet(folder / "objectives.parquet")
    assert list(objectives[objectives.trial == 2].verdict) == ["undecided"] * 2
    assert objectives[objectives.trial == 2][["low", "high"]].isna().all(axis=None)
    assert set(objectives[objectives.trial == 2].why) == {"the trial broke"}
    faults = pd.read_parquet(folder / "faults.parquet")
    assert (
        list(faults[faults.trial == 2].status) == ["unknown"] and faults[faults.trial == 2].fired.isna().all()
    )
    assert json.loads((folder / "study.json").read_text())["points"][0]["sla"][0]["broken"] == 1


def test_comparisons_and_baselines_say_which_trials_broke_and_end_undecided(sim, broken):
    """A pair that lacks a side, and a value that is not there, must not go unnoticed."""
    changed = ("--set", "databases.orders.failover.promotion=20s")
    code, out, _ = sim("compare", "small.yaml", *changed, "--trials", "4", "--jobs", "1")
    assert code == 3
    said = " ".join(out.split())
    assert f"1 of 4 trials broke, the first: sim run {AGAIN}; such a trial is not compared" in said
    assert "sim run small.yaml --set databases.orders.failover.promotion=20s --seed 0 --trial 2" in said
    code, _, err = sim("baseline", "update", "small.yaml", "--trials", "4", *ONE)
    assert code == 3
    assert "small.yaml: 1 of 4 trials broke: the baseline has no value of theirs" in err


def test_whoever_must_choose_can_have_undecided_pass_with_a_word_or_fail(sim):
    """Five trials decide nothing of 90 %; by default that is 3."""
    check = ("check", "small.yaml", "--trials", "5", *ONE)
    assert [sim(*check, *how)[0] for how in ((), ("--inconclusive", "fail"))] == [3, 1]
    code, _, err = sim(*check, "--inconclusive", "warn")
    assert (code, err) == (0, "sim check: 1 line undecided, and passed over (--inconclusive warn)\n")


def test_a_damaged_baseline_is_told_before_anything_is_run(sim, monkeypatch):
    """By check, and by an update, which would write its other entries again."""
    sim("baseline", "update", "small.yaml", "--trials", "1", *ONE)
    path = Path("sim-baseline.json")
    path.write_text(path.read_text().replace('"seed": 0', '"seed": 1'))
    monkeypatch.setattr("sim.studies.study.run", None)
    for words in (("check", "small.yaml", "--baseline", path.name), ("baseline", "update", "small.yaml")):
        code, out, err = sim(*words)
        assert (code, out) == (2, "")
        assert "sim-baseline.json is damaged at 'Small study', or was changed by hand: update it" in err


def test_a_wrong_path_in_a_sweep_of_the_file_is_shown_where_it_stands(sim, tmp_path):
    """With the nearest name, and the line."""
    text = small.TEXT + "sweep:\n  faults.pwer.at: [3m]\n"
    (tmp_path / "small.yaml").write_text(text)
    code, out, _ = sim("check", "small.yaml", *ONE)
    assert code == 2
    assert f"small.yaml:{text.count(chr(10))}" in out and "did you mean 'power'" in out
    shutil.rmtree(tmp_path / "reports", ignore_errors=True)
