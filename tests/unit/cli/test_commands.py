"""The other commands, on real scenarios."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sim.cli import find
from sim.cli.main import COMMANDS, group
from sim.core.checksums import seal
from sim.report.document import DOCUMENT
from sim.spec import shipped
from sim.spec.faults.kinds import KINDS


def test_only_what_is_there_is_offered(sim):
    """Help lists exactly the commands that can be run, and each one's help works."""
    code, out, _ = sim("--help")
    assert code == 0
    listed = [
        line.split()[0]
        for line in out.split("Commands:")[1].split("Exit codes")[0].splitlines()
        if line.strip()
    ]
    assert tuple(listed) == COMMANDS == tuple(group.list_commands(click.Context(group)))
    assert all(sim(name, "--help")[0] == 0 for name in COMMANDS)


def test_the_version_is_shown(sim):
    """``--version`` answers in one line, installed or not."""
    code, out, _ = sim("--version")
    assert code == 0
    assert out.startswith("sim")
    assert out.count("\n") == 1


def test_validate_shows_what_a_fault_hits(sim, scenario):
    """A valid scenario is ok, and each fault's targets are named."""
    code, out, err = sim("validate", scenario)
    assert (code, err) == (0, "")
    assert out.startswith("two.yaml: ok (Two regions, digest ")
    assert "fault power hits" in out
    assert "east" in out.split("fault power hits")[1]


def test_validate_goes_on_after_an_error(sim, scenario):
    """All scenarios of a folder are checked; errors go to stderr with their place, and the end is 2."""
    Path("bad").mkdir()
    text = Path(scenario).read_text()
    Path("bad/a.yaml").write_text(text.replace("duration: 10m", "duratoin: 10m"))
    Path("bad/b.yml").write_text(text)
    code, out, err = sim("validate", "bad")
    assert code == 2
    assert "bad/a.yaml:2:1" in err
    assert "bad/b.yml: ok" in out
    assert out.endswith("2 scenarios, 1 with errors\n")


def test_validate_of_nothing_is_an_error(sim, scenario):
    """A folder without scenarios is no success."""
    Path("empty").mkdir()
    code, _, err = sim("validate", "empty")
    assert code == 2
    assert "no .yaml file in empty" in err


def test_what_resolve_prints_resolves_to_itself(sim, scenario):
    """The resolved scenario is a scenario, and a fixed point."""
    first = sim("resolve", scenario)[1]
    Path("again.yaml").write_text(first)
    assert sim("resolve", "again.yaml")[1] == first
    assert "10m" in first


def test_the_schema_is_json_schema(sim):
    """The schema is a JSON document that describes an object with the scenario's keys."""
    code, out, _ = sim("schema")
    assert code == 0
    assert set(json.loads(out)["properties"]) >= {"name", "regions", "databases", "faults", "sla"}


def test_every_fault_is_in_the_catalogue(sim):
    """The list has a line for each kind, and each kind's fields can be shown."""
    out = sim("faults")[1]
    kinds = [line.split()[0] for line in out.splitlines() if line and line.split()[0].count("_")]
    assert "region_outage" in kinds
    assert len(kinds) == len(KINDS)
    for kind in kinds:
        code, fields, _ = sim("faults", kind)
        assert code == 0
        assert "duration" in fields


def test_an_unknown_fault_is_told_the_nearest(sim):
    """A misspelt kind is an error with the right name in it."""
    code, _, err = sim("faults", "region_outtage")
    assert code == 2
    assert "region_outage" in err


def test_init_writes_a_scenario_that_validates_and_never_overwrites(sim, scenario):
    """The starter is valid as it is; a second init refuses and leaves the file alone."""
    assert sim("init", "mine.yaml")[0] == 0
    text = Path("mine.yaml").read_text()
    assert text.count("#") > 5
    assert sim("validate", "mine.yaml")[0] == 0
    Path("mine.yaml").write_text(text + "# mine\n")
    code, _, err = sim("init", "mine.yaml")
    assert code == 2
    assert "exists already" in err
    assert Path("mine.yaml").read_text().endswith("# mine\n")


def test_init_takes_what_somebody_has(sim, scenario):
    """Regions, stores and latencies by flags; what is wrong with one is said, and nothing is written."""
    words = [
        "init",
        "mine.yaml",
        "--region",
        "a",
        "--region",
        "b",
        "--store",
        "pay=7/s",
        "--latency",
        "b/a=9ms",
    ]
    assert sim(*words, "--no-lake", "--name", 'Ours: "twice"')[0] == 0
    text = Path("mine.yaml").read_text()
    assert all(part in text for part in ("a/b: {latency: 9ms", "writes: 7/s", "no majority"))
    assert "lake" not in text
    assert sim("validate", "mine.yaml")[0] == 0
    for wrong, said in [
        (["--region", "a b"], "is no name"),
        (["--region", "a", "--region", "a"], "twice"),
        (["--store", "pay=1/s", "--store", "pay=5/s"], "twice"),
        (["--store", "pay=fast"], "'fast' is no rate"),
        (["--latency", "us-east/moon=3ms"], "no region 'moon'"),
        (["--latency", "us-east=3ms"], "is not A/B=TIME"),
        (["--latency", "us-east/us-west=3kg"], "3kg"),
    ]:
        code, _, err = sim("init", "other.yaml", *wrong)
        assert (code, said in err) == (2, True), err
        assert not Path("other.yaml").exists()


def test_what_init_writes_runs_at_once(sim, scenario):
    """Every objective of the first drill is decided."""
    assert sim("init", "first.yaml", "--no-bus")[0] == 0
    assert sim("run", "first.yaml", "-q")[0] in (0, 1)


def test_a_path_comes_before_a_packaged_name(scenario, monkeypatch, tmp_path):
    """A file of that name wins; without one the packaged one is found, with or without suffix and folder."""
    packaged = tmp_path / "packaged"
    (packaged / "drills").mkdir(parents=True)
    (packaged / "drills/lose.yaml").touch()
    monkeypatch.setattr(shipped, "packaged", lambda: packaged)
    for name in ("drills/lose", "drills/lose.yaml", "scenarios/drills/lose.yaml"):
        assert find.scenario(name) == packaged / "drills/lose.yaml"
    Path("drills").mkdir()
    Path("drills/lose.yaml").touch()
    assert find.scenario("drills/lose.yaml") == Path("drills/lose.yaml")
    with pytest.raises(click.BadParameter, match="did you mean drills/lose"):
        find.scenario("drills/loose")


def test_folders_that_come_with_sim_are_found_as_scenarios_are(scenario, monkeypatch, tmp_path):
    """By validate and check, with or without the word scenarios; a folder of one's own comes first."""
    packaged = tmp_path / "packaged"
    (packaged / "gate").mkdir(parents=True)
    (packaged / "gate/a.yaml").touch()
    monkeypatch.setattr(shipped, "packaged", lambda: packaged)
    for name in ("gate", "gate/", "scenarios/gate", "scenarios"):
        assert find.scenarios(name) == [packaged / "gate/a.yaml"]
    for name in ("../gate", "nowhere", "/gate"):
        with pytest.raises(click.BadParameter):
            find.scenarios(name)
    Path("gate").mkdir()
    Path("gate/mine.yaml").touch()
    assert find.scenarios("gate") == [Path("gate/mine.yaml")]


def test_a_file_is_named_from_the_root_of_its_repository(scenario, monkeypatch, tmp_path):
    """From whatever folder, by whatever path; without a repository from the working directory."""
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/drills").mkdir()
    file = tmp_path / "repo/drills/a.yaml"
    for folder, name in (("repo/drills", "a.yaml"), ("repo", "drills/../drills/a.yaml"), (".", str(file))):
        monkeypatch.chdir(tmp_path / folder)
        assert find.from_root(name) == "drills/a.yaml"
    shutil.rmtree(tmp_path / "repo/.git")
    assert find.from_root("repo/drills/a.yaml") == "repo/drills/a.yaml"
    monkeypatch.setattr(shipped, "packaged", lambda: tmp_path / "repo")
    assert find.from_root(file) == "scenarios/drills/a.yaml"


def test_a_link_to_a_scenario_looks_beside_its_target(sim, scenario):
    """For what it extends, and for files that it names; errors show the name that was given."""
    Path("far/data").mkdir(parents=True)
    Path("far/base.yaml").write_text(Path(scenario).read_text())
    Path("far/data/lags.csv").write_text("value_s\n1\n2\n")
    decision = "failover: {decision: {empirical: data/lags.csv}}"
    Path("far/real.yaml").write_text(f"extends: [base.yaml]\ndatabases: {{orders: {{{decision}}}}}\n")
    Path("linked.yaml").symlink_to("far/real.yaml")
    Path("folder").symlink_to("far")
    assert sim("validate", "linked.yaml")[0] == 0
    assert sim("validate", "folder/real.yaml")[0] == 0
    Path("far/real.yaml").write_text("extends: [base.yaml]\nduratoin: 1m\n")
    assert sim("validate", "linked.yaml")[2].startswith("linked.yaml:2:1: duratoin")


def flipped(path):
    """Change one bit of a file."""
    held = path.read_bytes()
    path.write_bytes(held[:-20] + bytes([held[-20] ^ 1]) + held[-19:])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("run.json", flipped),
        ("run.json", lambda path: path.write_text("")),
        ("run.json", lambda path: path.write_text("[]")),
        ("scenario.yaml", flipped),
        ("scenario.yaml", Path.unlink),
        ("SHA256SUMS", Path.unlink),
        ("SHA256SUMS", lambda path: path.write_text("")),
        ("SHA256SUMS", flipped),
    ],
)
def test_a_damaged_run_folder_is_told_in_one_line(sim, scenario, trial, name, damage):
    """Before it is rerun, with what is wrong; a milestone or a figure in it could be anything."""
    sim("run", scenario, "--out", "out")
    (folder,) = Path("out").glob("*/*")
    damage(folder / name)
    trial.calls.clear()
    code, out, err = sim("explain", str(folder), "--record", "orders:1")
    assert (code, out, trial.calls) == (2, "", [])
    assert "damaged" in err and "run the scenario again" in err and "Traceback" not in err


@pytest.mark.parametrize("version", [None, 1, DOCUMENT, DOCUMENT + 1])
def test_a_document_of_another_version_is_refused_in_words(sim, scenario, trial, version):
    """One that does not say its version is from before there were any."""
    sim("run", scenario, "--out", "out")
    (folder,) = Path("out").glob("*/*")
    found = json.loads((folder / "run.json").read_text())
    assert found.pop("document") == DOCUMENT
    (folder / "run.json").write_text(json.dumps(found if version is None else {**found, "document": version}))
    seal(folder)
    trial.calls.clear()
    code, _, err = sim("explain", str(folder), "--record", "nobody:1")
    made = "a newer" if version == DOCUMENT + 1 else "an earlier"
    why = f"its document has version {version or 0}, and this sim reads {DOCUMENT}"
    refused = f"made by {made} version of sim: {why}" in err
    assert (code, refused, "no record of" in err) == (2, version != DOCUMENT, version == DOCUMENT)


def test_completion_offers_scenarios_and_folders(scenario, monkeypatch, tmp_path):
    """Tab offers YAML files, folders and packaged names that begin with what was typed, and nothing else."""
    Path("tools").mkdir()
    Path("two.txt").touch()
    monkeypatch.setattr(shipped, "names", lambda: ["trio/three", "drills/lose"])
    offered = [item.value for item in find.complete(None, None, "t")]
    assert offered == ["tools/", "two.yaml", "trio/three"]


def test_a_shell_gets_its_completions(scenario):
    """The installed mechanism of bash completion answers with the scenario."""
    environment = {
        **os.environ,
        "_SIM_COMPLETE": "bash_complete",
        "COMP_WORDS": "sim run tw",
        "COMP_CWORD": "2",
    }
    root = str(Path(find.__file__).parents[2])
    result = subprocess.run(
        [sys.executable, "-m", "sim"],
        env={**environment, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["plain,two.yaml"]


def test_a_reader_who_leaves_does_not_change_the_ending(scenario):
    """With a closed pipe on stdout the command ends as it would have, and says nothing about it."""
    root = str(Path(find.__file__).parents[2])
    command = f"{sys.executable} -m sim resolve two.yaml | true; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
