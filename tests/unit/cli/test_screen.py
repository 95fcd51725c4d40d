"""Whether output may be coloured or move."""

import io
import time

import pytest

from sim.cli.screen import colours, moves
from sim.report import progress

NAMES = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "CI", "TERM")


class Stream(io.StringIO):
    """A stream that is, or is not, a terminal."""

    def __init__(self, terminal):
        super().__init__()
        self._terminal = terminal

    def isatty(self):
        """Say which."""
        return self._terminal


@pytest.fixture
def environment(monkeypatch):
    """Set the variables that matter, and no other."""

    def chosen(**values):
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return chosen


@pytest.mark.parametrize(
    ("variables", "terminal", "flag", "expected"),
    [
        ({}, True, None, True),
        ({}, False, None, False),
        ({}, False, True, True),
        ({}, True, False, False),
        ({"NO_COLOR": "1"}, True, None, False),
        ({"NO_COLOR": ""}, True, None, True),
        ({"NO_COLOR": "1"}, True, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, None, False),
        ({"FORCE_COLOR": "1"}, False, None, True),
        ({"FORCE_COLOR": "1"}, False, False, False),
        ({"TTY_COMPATIBLE": "1"}, False, None, True),
        ({"TTY_COMPATIBLE": "0"}, True, None, False),
        ({"TERM": "dumb"}, True, None, False),
    ],
)
def test_colour_follows_flag_then_environment_then_terminal(environment, variables, terminal, flag, expected):
    """The flag wins over NO_COLOR, that over FORCE_COLOR and TTY_COMPATIBLE, those over the terminal."""
    environment(**variables)
    assert colours(Stream(terminal), flag) is expected


@pytest.mark.parametrize(
    ("variables", "terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"CI": "true"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"TTY_INTERACTIVE": "0"}, True, False),
        ({"TTY_INTERACTIVE": "1"}, False, True),
        ({"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_a_bar_needs_somebody_before_the_terminal(environment, variables, terminal, expected):
    """Progress is for interactive terminals; forced colour alone is none."""
    environment(**variables)
    assert moves(Stream(terminal)) is expected


def test_a_bar_appears_after_a_second_and_shows_simulated_time():
    """Within the first second nothing is drawn; later the bar is there and is taken away at the end."""
    now = [0.0]
    stream = Stream(True)
    with progress.bar(stream, lambda: now[0], colour=False) as shown:
        shown.show(0.1, 60_000_000_000)
        assert stream.getvalue() == ""
        now[0] = 1.5
        shown.show(0.5, 3_600_000_000_000)
        time.sleep(0.15)
    assert "1:00:00.0" in stream.getvalue()
    assert "50%" in stream.getvalue()
