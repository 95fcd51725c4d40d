"""``sim run``: options, output, folder and exit codes, with a trial that answers at once."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sim.report.fitting import cells
from tests.unit.report.drill import drill, figures


@pytest.mark.parametrize(("verdict", "code"), [("pass", 0), ("fail", 1), ("inconclusive", 3)])
def test_the_exit_code_is_the_verdict(sim, scenario, trial, verdict, code):
    """Pass, fail and inconclusive end with 0, 1 and 3."""
    trial.outcome = drill(verdict=verdict, exit_code=code)
    assert sim("run", scenario)[0] == code


def test_the_result_is_on_stdout_alone(sim, scenario, trial):
    """Without a terminal the page goes to stdout without colour and stderr stays empty."""
    _, out, err = sim("run", scenario)
    assert out.startswith("FAIL: ")
    assert "\x1b" not in out
    assert err == ""


def test_json_is_one_document_and_nothing_else(sim, scenario, trial):
    """All of stdout is one JSON document, with -q and with colour asked for as well."""
    for more in ((), ("-q",), ("--color",)):
        _, out, err = sim("run", scenario, "--json", *more)
        assert json.loads(out)["verdict"] == "fail"
        assert err == ""


def test_quiet_is_one_line(sim, scenario, trial):
    """With -q only the headline is printed."""
    _, out, _ = sim("run", scenario, "-q")
    assert len(out.splitlines()) == 1
    assert "orders-rpo" in out


def test_options_reach_the_trial(sim, scenario, trial):
    """Seed, control and journal folder arrive; changes to the scenario arrive in the resolved form."""
    Path("over.yaml").write_text("duration: 20m\n")
    changes = ("-f", "over.yaml", "--set", "faults.power.duration=1m")
    sim("run", scenario, "--seed", "7", "--control", "--keep-journal", *changes)
    (call,) = trial.calls
    assert (call["seed"], call["control"]) == (7, True)
    assert call["journal_dir"].name == "journal"
    assert call["resolved"].duration == 1200 * 10**9
    assert call["resolved"].faults["power"].duration.params == (60e9,)


def test_nothing_optional_is_on_unasked(sim, scenario, trial):
    """By default seed 0, no control, no journal and, without a terminal, no progress."""
    sim("run", scenario)
    (call,) = trial.calls
    assert (call["seed"], call["control"], call["journal_dir"], call["progress"]) == (0, False, None, None)


def test_the_run_folder_can_be_run_again(sim, scenario, trial):
    """The folder holds the resolved scenario, and running that gives the same folder name."""
    sim("run", scenario, "--out", "kept")
    (folder,) = Path("kept").glob("*/*")
    assert {p.name for p in folder.iterdir()} == {
        "run.json",
        "scenario.yaml",
        "milestones.parquet",
        "SHA256SUMS",
    }
    sim("run", str(folder / "scenario.yaml"), "--out", "again")
    (second,) = Path("again").glob("*/*")
    assert second.relative_to("again") == folder.relative_to("kept")


def test_the_page_repeats_what_was_typed(sim, scenario, trial):
    """The command that gives the run again has the scenario and its changes, quoted for the shell."""
    out = sim("run", scenario, "--set", "name=Two words", "--full")[1]
    assert "Again: sim run two.yaml --set 'name=Two words' --seed 0" in out


def test_one_screen_unless_all_is_asked_for(sim, scenario, trial, monkeypatch):
    """By default at most 40 lines of 80 columns, with where the run is and what to type next."""
    monkeypatch.setenv("COLUMNS", "80")
    screen = sim("run", scenario)[1].splitlines()
    assert len(screen) <= 40
    assert max(map(len, screen)) <= 80
    assert any(line.startswith("Page: reports/") for line in screen)
    assert any(line.startswith("Next: sim explain reports/") for line in screen)
    assert len(sim("run", scenario, "--full")[1].splitlines()) > len(screen)


@pytest.mark.parametrize("columns", [40, 57, 80, 100])
@pytest.mark.parametrize("full", [(), ("--full",)])
def test_nothing_is_wider_than_the_terminal(sim, scenario, trial, monkeypatch, columns, full):
    """Neither page has a line wider than asked for, also with wide, right-to-left and very long names."""
    monkeypatch.setenv("COLUMNS", str(columns))
    trial.outcome = hostile()
    lines = sim("run", scenario, "--set", f"name={'x' * 150}", *full)[1].splitlines()
    assert max(map(cells, lines)) <= columns


def hostile():
    """The drill with names that are long, wide, written from right to left, and full of markup."""
    found = figures()
    names = ("订单" * 40, "הזמנות" * 9, "x" * 150, "<b>'\"&</b>")
    for part in ("recovery", "loss", "consistency"):
        found[part] |= {f"{name}.write": next(iter(found[part].values())) for name in names}
    made = drill(figures=found, scenario=names[0])
    named = [replace(made.objectives[0], id=name, of=name) for name in names]
    return replace(made, objectives=[*made.objectives, *named])


def test_a_failed_run_leaves_no_folder(sim, scenario, trial):
    """A trial that raises leaves nothing under --out."""
    trial.error = RuntimeError("boom")
    sim("run", scenario)
    assert [p for p in Path("reports").rglob("*") if p.name != "two-regions"] == []


def test_our_bug_is_70_with_seed_and_command(sim, scenario, trial):
    """An error of ours shows traceback, seed and the command that shows it again, with the seed in it."""
    trial.error = RuntimeError("boom")
    code, out, err = sim("run", scenario, "--control")
    assert code == 70
    assert out == ""
    assert "Traceback" in err
    assert "RuntimeError: boom" in err
    assert "seed: 0" in err
    assert err.endswith("to see it again: sim run two.yaml --control --seed 0\n")


def test_a_seed_that_was_typed_is_not_repeated(sim, scenario, trial):
    """The command to see a bug again has one seed."""
    trial.error = RuntimeError("boom")
    for given in (("--seed", "5"), ("--seed=5",)):
        assert sim("run", scenario, *given)[2].strip().endswith(" ".join(("sim run two.yaml", *given)))


def test_an_interrupt_is_130(sim, scenario, trial):
    """Control-C ends with 130, one line and no folder."""
    trial.error = KeyboardInterrupt()
    code, out, err = sim("run", scenario)
    assert (code, out, err.strip()) == (130, "", "sim: interrupted")


def test_a_full_disk_is_not_our_bug(sim, scenario, trial):
    """No space left is told in one line, without a traceback."""
    import errno

    trial.error = OSError(errno.ENOSPC, "No space left on device", "reports/x")
    code, _, err = sim("run", scenario)
    assert (code, err) == (2, "sim: No space left on device: reports/x\n")


def test_an_out_that_is_a_file_is_found_before_the_run(sim, scenario, trial):
    """A run folder that cannot be made is an error before any simulation."""
    code, _, err = sim("run", scenario, "--out", f"{scenario}/below")
    assert code == 2
    assert "Traceback" not in err
    assert trial.calls == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run",), "SCENARIO"),
        (("run", "nowhere.yaml"), "no file 'nowhere.yaml'"),
        (("run", "."), "is a folder"),
        (("run", "two.yaml", "--seed", "-1"), "--seed"),
        (("run", "two.yaml", "--speed", "1"), "--speed"),
        (("run", "two.yaml", "-f", "missing.yaml"), "missing.yaml"),
        (("run", "two.yaml", "--set", "faults.power.att=1m"), "att"),
        (("fly",), "fly"),
    ],
)
def test_bad_usage_is_2_and_says_what(sim, scenario, trial, arguments, words):
    """Wrong usage and wrong input end with 2, name the thing, and show no traceback."""
    code, out, err = sim(*arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err
    assert out == ""
    assert trial.calls == []
