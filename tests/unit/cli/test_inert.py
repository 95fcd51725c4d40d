"""What a scenario says reaches no terminal and no log raw, by whatever door."""

import json
from pathlib import Path

import pytest

from sim.core.inert import inert_lines
from sim.report.check import annotations, junit, lines, markdown
from sim.studies.gate import BAD_INPUT, Checked, CheckLine
from tests.unit.report.drill import drill

EVIL = "a\x1b[2J\n::error::b\r\u202ec\u2028|<img src=x>`"
SHOWN = "a\\u001b[2J\\u000a::error::b\\u000d\\u202ec\\u2028"


def _spoilt(scenario: str) -> None:
    """Give a scenario the name that is up to something."""
    path = Path(scenario)
    path.write_text(path.read_text().replace("name: Two regions", f"name: {json.dumps(EVIL)}"))


@pytest.mark.parametrize(
    "words",
    [("validate",), ("run",), ("run", "-q"), ("run", "--json"), ("run", "--no-color"), ("resolve",)],
    ids=" ".join,
)
def test_a_name_that_is_up_to_something_is_shown_as_it_is_written(sim, scenario, trial, words):
    """Every command that prints it: no control character, no line of its own, no mark of direction."""
    _spoilt(scenario)
    trial.outcome = drill(scenario=EVIL)
    _, out, err = sim(words[0], scenario, *words[1:])
    assert out + err == inert_lines(out + err)
    assert "\n::error" not in out + err
    if words[0] != "resolve":  # YAML has escapes of its own
        assert SHOWN[:10] in out


def test_a_coloured_page_has_colours_of_its_own_alone(sim, scenario, trial):
    """The escape of a colour is there, that of the scenario is not."""
    trial.outcome = drill(scenario=EVIL)
    _, out, _ = sim("run", scenario, "--color")
    assert "\x1b[" in out
    assert "\x1b[2J" not in out and "\u202e" not in out and "\n::error" not in out


def test_an_error_about_it_is_inert_and_short(sim, scenario):
    """Keys, values and file names, in errors of files and of the command line."""
    with Path(scenario).open("a") as file:
        file.write(f"{json.dumps(EVIL)}: 1\n{'k' * 1000}: 1\nwarmup: {json.dumps(EVIL + 'x' * 100_000)}\n")
    for words in (
        ("validate", scenario),
        ("run", EVIL),
        ("validate", "nowhere\n::error::x"),
        ("faults", EVIL),
    ):
        code, out, err = sim(*words)
        assert code == 2
        assert out + err == inert_lines(out + err)
        assert "\n::error" not in err
        assert max(map(len, err.split("\n"))) < 1500


def test_a_check_is_inert_in_every_form():
    """Lines, JUnit, annotations and the summary of a job; there no picture, tag or cell is made of it."""
    name = f"{EVIL}.yaml"
    found = [Checked(name, [CheckLine(name, (name, 1), BAD_INPUT, EVIL, label=EVIL)], None)]
    for text in (lines(found), junit(found), annotations(found), markdown(found)):
        assert text == inert_lines(text)
        assert "\n::error::b" not in text
    assert annotations(found).count("\n") == 1
    assert "\\|\\<img src=x\\>\\`" in markdown(found)


@pytest.mark.parametrize("more", [("-f", "over.yaml"), ("--set", "duration=1m")], ids=" ".join)
def test_validate_takes_what_run_takes(sim, scenario, more):
    """An overlay or a setting that breaks the scenario is told; one that does not is in the digest."""
    Path("over.yaml").write_text("duration: 1m\n")
    assert sim("validate", scenario)[0] == 0
    code, _, err = sim("validate", scenario, *more)
    assert code == 2
    assert "comes after the end of the run" in err
    plain, other = sim("validate", scenario)[1], sim("validate", scenario, "--set", "duration=11m")[1]
    assert plain != other
