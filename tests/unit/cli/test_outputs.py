"""Where results go: looked at before anything is run; and streams that are closed, full, or lack a letter."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import outputs

ROOT = Path(__file__).parents[3]


@pytest.fixture
def never(monkeypatch):
    """Nothing may be run."""

    def run(*_, **__):
        raise AssertionError("time was spent")

    monkeypatch.setattr("sim.studies.study.run", run)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("check", "two.yaml", "--junit", "two.yaml/x.xml"), "--junit"),
        (("check", "two.yaml", "--junit", "folder"), "--junit"),
        (("check", "two.yaml", "--summary", "two.yaml/x.md"), "--summary"),
        (("check", "two.yaml", "--out", "two.yaml/x"), "--out"),
        (("check", "two.yaml", "--baseline", "two.yaml"), "--baseline"),
        (("check", "two.yaml", "--seed", str(2**63)), "--seed"),
        (("check", "two.yaml", "--cluster", "localhost"), "--cluster"),
        (("check", "two.yaml", "--cluster", "tcp://host"), "--cluster"),
        (("baseline", "update", "two.yaml", "--file", "two.yaml/b.json"), "--file"),
        (("baseline", "update", "two.yaml", "--file", "two.yaml"), "--file"),
        (("compare", "two.yaml", "nowhere.yaml"), "SCENARIO"),
        (("run", "two.yaml", "--trials", "2", "--out", "taken"), "--out"),
        (("run", "two.yaml", "--trials", str(10**6 + 1)), "--trials"),
        (("run", "two.yaml", "--trials", "2", "--seed", str(2**64)), "--seed"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_anything_is_run(sim, scenario, never, words, hint):
    """With 2, and the option that named it."""
    Path("folder").mkdir()
    Path("taken").mkdir()
    Path("taken/two-regions").touch()
    code, out, err = sim(*words)
    assert (code, out) == (2, "")
    assert f"Invalid value for {hint}" in err or f"Invalid value for '{hint}'" in err


def test_a_summary_that_github_names_is_looked_at_too(sim, scenario, never, monkeypatch):
    """Its variable is named; without GitHub's outputs it does not matter."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "two.yaml/x")
    code, _, err = sim("check", scenario)
    assert code == 2 and "GITHUB_STEP_SUMMARY: two.yaml/x" in err


def test_a_folder_for_a_result_is_made(tmp_path):
    """As --out is."""
    assert outputs.file(str(tmp_path / "a" / "b" / "j.xml"), "--junit") == tmp_path / "a" / "b" / "j.xml"
    assert (tmp_path / "a" / "b").is_dir()


def test_a_cluster_without_dask_is_told_before_anything_is_run(sim, scenario, never, monkeypatch):
    """With what to install."""
    monkeypatch.setattr("sim.cli.options.find_spec", lambda _: None)
    code, _, err = sim("check", scenario, "--cluster", "tcp://127.0.0.1:9")
    assert code == 2 and "multiregion-sim[dask]" in err


NAME = "Zürich 北"


@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [
        ("", 0, "Z\\u00fcrich \\u5317"),
        ("| true; exit ${PIPESTATUS[0]}", 0, ""),
        (">&-", 0, ""),
        (">/dev/full", 2, ""),
    ],
)
def test_a_stream_that_is_gone_full_or_lacks_a_letter_shows_no_traceback(scenario, ending, code, said):
    """Escapes stand for the letters; a reader who has gone changes nothing; a full device is told."""
    Path(scenario).write_text(Path(scenario).read_text().replace("Two regions", NAME))
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m sim validate {scenario} {ending}"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert said in done.stdout
    assert (done.stderr != "") == (code == 2)


def test_a_document_stays_json_in_an_encoding_that_lacks_a_letter(scenario):
    """Its escapes are those of JSON."""
    code = "import sys; from sim.cli.screen import emit, prepare_streams as prepare; prepare(); "
    code += "emit(chr(34) + sys.argv[1] + chr(34))"
    done = subprocess.run(
        [sys.executable, "-c", code, NAME + "\U0001f6e0"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "latin-1"},
        capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout.decode("latin-1")) == NAME + "\U0001f6e0"


KERNELS = "import sim.engine as e; print(e.about_kernels()); print(e.KERNELS)"


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({"SIM_CACHE_DIR": "/dev/null/x"}, "/dev/null/x: "),
        ({"NUMBA_CACHE_DIR": "/dev/null/y"}, "/dev/null/y: "),
    ],
)
def test_a_cache_that_cannot_be_written_is_said_and_another_is_used_meanwhile(variables, why):
    """One that ends with the process: compiled code must never lie beside the sources of another version."""
    clean = {k: v for k, v in os.environ.items() if k not in ("SIM_CACHE_DIR", "NUMBA_CACHE_DIR")}
    done = subprocess.run(
        [sys.executable, "-c", KERNELS],
        env={**clean, **variables, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said, folder = done.stdout.splitlines()
    assert (
        said.startswith(f"compiled kernels cannot be kept ({why}") and "SIM_CACHE_DIR names another" in said
    )
    assert not Path(folder).exists()
