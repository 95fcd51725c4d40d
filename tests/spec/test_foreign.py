"""Files of other tools, and of nobody's concern: told what they are, and not quoted."""

from pathlib import Path

import pytest

from sim.core.errors import SpecError
from sim.spec.foreign import STRONG, WEAK, what_it_is
from sim.spec.model import fields_by_key
from sim.spec.resolve import load
from sim.spec.scenario import Scenario
from tests.spec.corpus import HERE, SCENARIOS, VALID

OTHERS = HERE / "others"
FAULT = "write a fault under faults: of a scenario, such as {kind: %s, at: 30m}"
TOLD = {
    "chaos-mesh.yaml": ("a Chaos Mesh NetworkChaos", FAULT % "network_latency"),
    "chaos-mesh-dns.yaml": ("a Chaos Mesh DNSChaos", FAULT % "region_isolation"),
    "litmus.yaml": ("a Litmus ChaosEngine", FAULT % "packet_loss"),
    "chaos-toolkit.json": ("a Chaos Toolkit experiment", FAULT % "region_outage"),
    "fis.json": ("an AWS FIS experiment template", FAULT % "object_replication_pause"),
    "k6.js": ("a k6 test", "write the load in databases.<name>.workload"),
    "k6-options.json": ("a k6 test", "write the load in databases.<name>.workload"),
    "openslo.yaml": ("an OpenSLO SLO", "write it under sla: of a scenario, such as {metric: availability"),
    "compose.yaml": ("a Compose file", "write regions:, databases: and clients: of a scenario"),
    "deployment.yaml": ("a Kubernetes manifest", "write regions:, databases: and clients: of a scenario"),
    "secrets.env": ("no scenario", "a scenario has keys such as duration"),
    "passwd": ("no scenario", "a scenario has keys such as duration"),
}


def _told(path: Path, **overlays: list[str]) -> str:
    with pytest.raises(SpecError) as caught:
        load(str(path), **overlays)
    return str(caught.value)


def test_each_kind_of_file_has_a_case():
    """No file of another tool lies here without what it must get."""
    assert {path.name for path in OTHERS.iterdir()} == set(TOLD)


@pytest.mark.parametrize("name", TOLD)
def test_a_file_of_another_tool_is_named_and_told_what_to_write(name):
    """One line says what the file is, and what says the same here."""
    what, hint = TOLD[name]
    told = _told(OTHERS / name)
    assert told.startswith(f"{OTHERS / name}:1:1: {name} is {what}, {hint}")
    assert "\n" not in told


@pytest.mark.parametrize("name", TOLD)
def test_nothing_of_a_file_that_is_no_scenario_is_quoted(name, tmp_path):
    """Whether it was named, extended or laid over: the error holds no line of it."""
    top = tmp_path / "top.yaml"
    top.write_text(f"extends: [{OTHERS / name}]\nduration: 1h\n")
    lines = [line.strip() for line in (OTHERS / name).read_text().splitlines() if len(line.strip()) > 12]
    for told in (_told(OTHERS / name), _told(top), _told(VALID[0], overlays=[str(OTHERS / name)])):
        assert name in told
        assert not [line for line in lines if line in told]
        assert "swordfish" not in told


def test_a_secret_behind_a_broken_line_is_not_quoted(tmp_path):
    """A file that is not even YAML says no more."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("token: swordfish\n  - [swordfish\nname: {x\n")
    assert "swordfish" not in _told(secret)
    assert "is no scenario" in _told(secret)


def test_a_broken_scenario_is_still_shown(tmp_path):
    """An error in a file with keys of a scenario shows its line, wherever in the file it is."""
    for text in (
        "name: [x\nduration: 10m\n",
        "\tname: x\nduration: 10m\n",
        "duration: 1h\nregions: {a: {b: c: d}}\n",
    ):
        broken = tmp_path / "broken.yaml"
        broken.write_text(text)
        assert " | " in _told(broken)


def test_the_keys_that_make_a_scenario_are_those_of_the_model():
    """A key that the model gains is known here, too."""
    assert {*fields_by_key(Scenario), "extends"} == STRONG | WEAK


@pytest.mark.parametrize("path", [*VALID, *SCENARIOS], ids=lambda path: path.stem)
def test_scenarios_are_scenarios(path):
    """No file that is shipped is taken for another tool's."""
    assert what_it_is(path.read_text()) is None


def test_a_word_of_another_tool_in_a_scenario_changes_nothing():
    """What makes a scenario is stronger than a word of another tool; but k6 has a duration, too."""
    assert what_it_is("# was actionId: aws:ec2\nname: x\nduration: 1h\nregions: {}\nservices: {}\n") is None
    assert what_it_is("# from 'k6'\nextends: [a.yaml]\n") is None
    assert what_it_is('{"vus": 10, "duration": "30s"}')[0] == "a k6 test"
    assert what_it_is("duration: 30s\n") is None
