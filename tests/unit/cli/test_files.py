"""Commands and the files that a scenario reads."""

import shutil
from pathlib import Path

import pytest
import yaml

LOAD = "{writes: 0/s, reads: 0/s, arrivals: {kind: trace, file: load.csv}}"
LOADED = ("--set", f"databases.orders.workload={LOAD}", "--set", "gateway.route={empirical: lags.csv}")


@pytest.fixture
def files(scenario):
    """A recorded load of which one row in three lies in the run, and measured durations."""
    Path("load.csv").write_text("time_s\n1\n601\n700\n")
    Path("lags.csv").write_text("le,count\n0.1,3\n2,4\n")
    return scenario


def folder_of(out="reports"):
    """The one run folder."""
    (folder,) = Path(out).glob("*/*")
    return folder


def test_a_run_folder_can_be_moved_and_run_elsewhere(sim, files, trial, tmp_path, monkeypatch):
    """Its scenario.yaml finds copies beside itself, under their hashes: the same digest without originals."""
    sim("run", files, *LOADED)
    folder = folder_of()
    copies = sorted(path.name for path in (folder / "data").iterdir())
    assert [len(name) for name in copies] == [20, 20] and all(name.endswith(".csv") for name in copies)
    elsewhere = tmp_path / "elsewhere"
    shutil.move(folder, elsewhere / "moved")
    for name in ("load.csv", "lags.csv", files):
        Path(name).unlink()
    monkeypatch.chdir(elsewhere)
    code, _, err = sim("run", "moved/scenario.yaml", "-q")
    assert code == 1, err
    assert "load.csv" not in err
    assert folder_of().name == folder.name
    first, again = (call["resolved"].databases["orders"].workload.arrivals for call in trial.calls)
    assert first.sha256 == again.sha256
    assert again.file == str(elsewhere / f"moved/data/{first.sha256[:16]}.csv")


def test_a_folder_that_is_written_over_keeps_the_files_it_was_run_from(sim, files, trial):
    """Running a folder's own scenario.yaml replaces that folder, with its files."""
    sim("run", files, *LOADED)
    before = sorted(path.name for path in (folder_of() / "data").iterdir())
    sim("run", str(folder_of() / "scenario.yaml"))
    assert sorted(path.name for path in (folder_of() / "data").iterdir()) == before


def test_a_large_file_is_not_copied_and_the_folder_says_so(sim, files, trial, monkeypatch):
    """Beyond the limit scenario.yaml names the original, with its hash, and says that it is needed."""
    monkeypatch.setattr("sim.spec.inputs.COPY_MAX_BYTES", 18)
    _, _, err = sim("run", files, *LOADED)
    text = (folder_of() / "scenario.yaml").read_text()
    first = text.splitlines()[0]
    assert first.startswith("# ") and "lags.csv' is needed too; it is not copied here" in first
    assert "lags.csv' is needed too" in err and "load.csv' is needed" not in err
    assert yaml.safe_load(text)["gateway"]["route"]["empirical"]["file"] == str(Path("lags.csv").absolute())


def test_rows_outside_the_run_do_not_pass_silently(sim, files, trial):
    """A warning on stderr before the run, and the counts in ``sim validate``."""
    _, out, err = sim("run", files, *LOADED, "-q")
    assert "2 of 3 rows of load.csv lie outside the run of 10m" in err
    assert len(out.splitlines()) == 1
    Path("own.yaml").write_text(f"extends: [{files}]\ndatabases: {{orders: {{workload: {LOAD}}}}}\n")
    code, out, _ = sim("validate", "own.yaml")
    assert code == 0
    assert "orders follows load.csv: 1 of 3 rows, the first at 1s, the last at 1s; longest time" in out
    assert "warning: orders: 2 of 3 rows of load.csv lie outside" in out


def test_a_load_none_of_which_is_in_the_run_is_an_error(sim, files, trial):
    """Exit 2 with the times of the file, before anything is simulated."""
    Path("load.csv").write_text("time_s\n601\n700\n")
    code, _, err = sim("run", files, *LOADED)
    assert code == 2
    assert "none of its rows lies in the run: the first is at 10m1s, the last at 11m40s" in err
    assert trial.calls == []
