"""The run folder: whole or absent."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from sim.report.folder import appearing, fill, folder_of, slug
from sim.report.pictures import exposure
from tests.unit.report.drill import figures

SLOW_WRITER = """
import sys, time
from pathlib import Path
from sim.report.folder import appearing
with appearing(Path(sys.argv[1])) as partial:
    (partial / "run.json").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_folder_appears_whole_when_the_block_ends(tmp_path):
    """Until the block ends the folder is not there; then it is, and nothing else is."""
    target = tmp_path / "lose" / "3fa9-0"
    with appearing(target) as partial:
        (partial / "run.json").write_text("{}")
        assert not target.exists()
    assert [p.name for p in target.iterdir()] == ["run.json"]
    assert [p.name for p in target.parent.iterdir()] == ["3fa9-0"]


def test_a_rerun_replaces_the_folder(tmp_path):
    """Nothing of the earlier run stays behind."""
    for name in ("old", "new"):
        with appearing(tmp_path / "run") as partial:
            (partial / name).touch()
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["new"]


def test_a_run_that_raises_leaves_the_earlier_folder(tmp_path):
    """An error in the block removes what it wrote and keeps what was there."""
    target = tmp_path / "run"
    with appearing(target) as partial:
        (partial / "good").touch()
    with pytest.raises(RuntimeError), appearing(target) as partial:
        (partial / "bad").touch()
        raise RuntimeError
    assert [p.name for p in target.iterdir()] == ["good"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_killed_run_leaves_nothing_that_looks_finished_and_the_next_one_sweeps(tmp_path):
    """After kill -9 the folder is absent; the next run of the same removes the remains."""
    target = tmp_path / "run"
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_WRITER, str(target)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "writing\n"
        os.kill(process.pid, signal.SIGKILL)
    assert not target.exists()
    assert len(list(tmp_path.iterdir())) == 1
    with appearing(target) as partial:
        (partial / "run.json").touch()
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_run_beside_another_of_the_same_leaves_its_work_alone(tmp_path):
    """What a living process writes is not swept; whoever ends last is what stays."""
    target = tmp_path / "run"
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_WRITER, str(target)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "writing\n"
        with appearing(target) as partial:
            (partial / "mine").touch()
        assert len(list(tmp_path.glob(f".run.{process.pid}.partial/run.json"))) == 1
        process.kill()
    assert [p.name for p in target.iterdir()] == ["mine"]


def test_the_files_of_a_run_can_be_read_again(tmp_path, outcome):
    """run.json holds verdict, versions and scenario; milestones come back from Parquet as they were."""
    import pyarrow.parquet as pq

    fill(tmp_path, outcome, resolved="name: x\n")
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["verdict"] == "fail"
    assert run["resolved"] == (tmp_path / "scenario.yaml").read_text() == "name: x\n"
    assert set(run["versions"]) == {"python", "sim", "numpy", "numba", "simpy", "pyarrow"}
    rows = pq.read_table(tmp_path / "milestones.parquet").to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (m.id, m.at_ns, m.kind, m.subject, m.why, m.cause) for m in outcome.milestones
    ]
    assert (tmp_path / "exposure.svg").exists()


def test_the_exposure_picture_is_the_same_bytes_each_time(tmp_path):
    """Two drawings of the same curves are equal, and name the store and the copies."""
    for name in ("a.svg", "b.svg"):
        assert exposure(figures()["exposure"], tmp_path / name)
        time.sleep(0.01)
    first = (tmp_path / "a.svg").read_bytes()
    assert first == (tmp_path / "b.svg").read_bytes()
    assert b"orders" in first
    assert b"eu-west, if the primary had died" in first
    assert b"payments" not in first


def test_nothing_at_risk_is_no_picture(tmp_path):
    """Where no record was ever at risk nothing is drawn and no file is written."""
    assert not exposure({"payments": figures()["exposure"]["payments"]}, tmp_path / "a.svg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("Lose the primary region!", "lose-the-primary-region"), ("a/../b", "a-b"), ("...", "scenario")],
)
def test_a_name_becomes_a_folder_name(name, text):
    """No name can leave the folder of reports or be empty."""
    assert slug(name) == text


def test_a_run_has_a_place_of_its_own(tmp_path):
    """Scenario, digest and seed make the path."""
    assert (
        folder_of(tmp_path, scenario="A b", digest="0123456789abcdef", seed=7)
        == tmp_path / "a-b" / "0123456789ab-7"
    )
