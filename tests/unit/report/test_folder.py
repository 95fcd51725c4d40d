"""The run folder: whole or absent."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from sim.core.checksums import Damaged, verify
from sim.journal.parquet import values_text
from sim.report.folder import appearing, fill, folder_of, slug

ROOT = Path(__file__).parents[3]
SLOW_WRITER = """
import sys, time
from pathlib import Path
from sim.report.folder import appearing
with appearing(Path(sys.argv[1])) as partial:
    (partial / "run.json").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def inside(folder):
    """The names of what is in a folder, sorted."""
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_whole_when_the_block_ends(tmp_path):
    """Until the block ends the folder is not there; then it is, and nothing else is."""
    target = tmp_path / "lose" / "3fa9-0"
    with appearing(target) as partial:
        (partial / "run.json").write_text("{}")
        assert not target.exists()
    assert inside(target) == ["SHA256SUMS", "run.json"]
    assert [p.name for p in target.parent.iterdir()] == ["3fa9-0"]


def test_a_rerun_replaces_the_folder(tmp_path):
    """Nothing of the earlier run stays behind."""
    for name in ("old", "new"):
        with appearing(tmp_path / "run") as partial:
            (partial / name).touch()
    assert inside(tmp_path / "run") == ["SHA256SUMS", "new"]


def test_a_run_that_raises_leaves_the_earlier_folder(tmp_path):
    """An error in the block removes what it wrote and keeps what was there."""
    target = tmp_path / "run"
    with appearing(target) as partial:
        (partial / "good").touch()
    with pytest.raises(RuntimeError), appearing(target) as partial:
        (partial / "bad").touch()
        raise RuntimeError
    assert inside(target) == ["SHA256SUMS", "good"]
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
        assert len(list(tmp_path.glob(f".run.{process.pid}-0.partial/run.json"))) == 1
        process.kill()
    assert inside(target) == ["SHA256SUMS", "mine"]


def journal_of(digest):
    """What a run folder says of its journal."""
    return json.dumps({"journal_digest": digest})


def test_a_kept_journal_stays_when_the_run_is_repeated_without_one(tmp_path):
    """With its checksums; what else was there is replaced."""
    target = tmp_path / "run"
    with appearing(target) as partial:
        (partial / "run.json").write_text(journal_of("a" * 64))
        (partial / "journal" / "orders").mkdir(parents=True)
        (partial / "journal" / "orders" / "ops.parquet").write_text("kept")
    (target / "journal" / "orders" / "ops.parquet").write_text("flipped")
    with appearing(target) as partial:
        (partial / "run.json").write_text(journal_of("a" * 64))
    assert inside(target) == ["SHA256SUMS", "journal", "run.json"]
    with pytest.raises(Damaged, match=r"journal/orders/ops\.parquet is not what was written"):
        verify(target)  # a journal that went bad is not sealed as if it were good
    assert inside(tmp_path) == ["run"]


def test_the_journal_of_another_version_is_kept_under_its_digest(tmp_path):
    """The figures beside it are not its own."""
    target = tmp_path / "run"
    for letter in "ab":
        with appearing(target) as partial:
            (partial / "run.json").write_text(journal_of(letter * 64))
            (partial / "journal").mkdir()
            (partial / "journal" / "of").write_text(letter)
    assert (target / "journal" / "of").read_text() == "b"
    assert (target / f"journal-{'a' * 12}" / "of").read_text() == "a"
    verify(target)


def test_a_run_killed_while_the_old_folder_stepped_aside_gives_it_back(tmp_path):
    """The next run of the same finds a kept journal where it was."""
    (tmp_path / ".run.1-0.replaced" / "journal").mkdir(parents=True)
    with pytest.raises(RuntimeError), appearing(tmp_path / "run"):
        raise RuntimeError
    assert inside(tmp_path) == ["run"] and inside(tmp_path / "run") == ["journal"]


def test_a_kept_journal_that_cannot_be_taken_over_stays_where_it_was(tmp_path, monkeypatch):
    """No room for it, say: then the new run has failed, and not the old."""
    target = tmp_path / "run"
    with appearing(target) as partial:
        (partial / "journal").mkdir()
    monkeypatch.setattr("sim.report.folder.shutil.copytree", Mock(side_effect=OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left"), appearing(target) as partial:
        (partial / "new").touch()
    assert inside(tmp_path) == ["run"] and inside(target) == ["SHA256SUMS", "journal"]


RACER = """
import sys
from pathlib import Path
from sim.report.folder import appearing
for turn in range(60):
    with appearing(Path(sys.argv[1])) as partial:
        for name in ("a", "b"):
            (partial / name).write_text(sys.argv[2] + str(turn))
        if turn % 3 == 0:
            (partial / "journal").mkdir()
"""


def test_identical_runs_at_once_all_end_well(tmp_path):
    """Whoever ends last is what stays, whole, with the journal that one of them kept."""
    command = [sys.executable, "-c", RACER, str(tmp_path / "run")]
    racers = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in "xyz"]
    assert [(racer.communicate(timeout=60)[1], racer.returncode) for racer in racers] == [("", 0)] * 3
    assert inside(tmp_path) == ["run"]
    assert inside(tmp_path / "run") == ["SHA256SUMS", "a", "b", "journal"]
    assert (tmp_path / "run" / "a").read_text() == (tmp_path / "run" / "b").read_text()
    verify(tmp_path / "run")


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
        (m.id, m.at_ns, m.kind, m.subject, m.why, values_text(m), m.cause) for m in outcome.milestones
    ]


LOADED = """
import sys
from pathlib import Path
from sim.report.folder import fill
from tests.unit.report.drill import drill
fill(Path(sys.argv[1]), drill(), resolved="")
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_a_run_folder_needs_no_data_frames_and_no_plotting(tmp_path):
    """Writing a run folder imports neither pandas nor matplotlib: they take longer than all the rest."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, str(tmp_path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert {"pyarrow", "numpy"} <= set(ran.stdout.split())
    assert {"pandas", "matplotlib", "scipy"} & set(ran.stdout.split()) == set()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Lose the primary region!", "lose-the-primary-region"),
        ("a/../b", "a-b"),
        ("...", "scenario"),
        ("x" * 64, "x" * 64),
    ],
)
def test_a_name_becomes_a_folder_name(name, text):
    """No name can leave the folder of reports or be empty."""
    assert slug(name) == text


@pytest.mark.parametrize(
    "names", [("Übung", "Ubung"), ("訓練 北", "訓練 南"), ("x" * 300, "x" * 301), ("\ud800", "")]
)
def test_names_that_differ_have_folders_that_differ(names):
    """In letters that folders are not named with, too, or beyond the length that a folder's name can have."""
    folders = [slug(name) for name in names]
    assert folders[0] != folders[1]
    assert all(folder.isascii() and 0 < len(folder) < 100 for folder in folders)


def test_a_run_has_a_place_of_its_own(tmp_path):
    """Scenario, digest and seed make the path."""
    assert (
        folder_of(tmp_path, scenario="A b", digest="0123456789abcdef", name="7")
        == tmp_path / "a-b" / "0123456789ab-7"
    )
