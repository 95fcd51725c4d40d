"""What is installed: the package with its scenarios, and nothing else that could be imported."""

import os
import subprocess
import sys
import zipfile

import pytest

from tests.repo.sources import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("multiregion_sim-*.whl"))


def test_the_wheel_has_every_scenario(wheel):
    """Each file under scenarios/ lies in sim/scenarios/ of the wheel, under the same name."""
    names = {
        n.removeprefix("sim/scenarios/")
        for n in zipfile.ZipFile(wheel).namelist()
        if n.startswith("sim/scenarios/")
    }
    folder = ROOT / "scenarios"
    assert names == {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names


def test_the_wheel_has_what_pages_are_made_of(wheel):
    """Style sheets and scripts lie in the wheel beside the modules that read them."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assets = {
        str(path.relative_to(ROOT)) for suffix in ("css", "js") for path in ROOT.glob(f"sim/**/*.{suffix}")
    }
    assert assets
    assert assets <= names


def test_only_sim_can_be_imported_from_the_wheel(wheel):
    """The wheel puts one name beside its metadata."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"sim"}


def test_an_installed_sim_finds_its_scenarios_and_their_folders_by_name(wheel, tmp_path):
    """From an unpacked wheel, away from the repository, a packaged scenario resolves by its name."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, 'site'); from sim.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    for words, said in (
        (("resolve", "drills/lose-primary-region"), "us-east"),
        (("validate", "scenarios/gate"), "sim/scenarios/gate/orders.yaml: ok"),
    ):
        command = [sys.executable, "-c", code, *words]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert said in result.stdout


def test_a_notebook_runs_from_an_installed_sim(wheel, tmp_path):
    """The cells of the first notebook, away from the repository."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    source = (ROOT / "notebooks/sources/1-a-first-run.py").read_text(encoding="utf-8")
    (tmp_path / "cells.py").write_text(source, encoding="utf-8")
    code = "import runpy, sys; sys.path.insert(0, 'site'); print(runpy.run_path('cells.py')['run'].verdict)"
    environment = {**os.environ, "PYTHONPATH": "", "MPLBACKEND": "agg"}
    command = [sys.executable, "-c", code]
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().endswith("pass")
