"""Places in a log as one writes them."""

import pytest
from pydantic_core import PydanticCustomError

from sim.spec.bus.replay import NOW, Place, parse_place

S = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("#123", Place(position=123)),
        ("1h30m", Place(at=5400 * S)),
        ("power", Place(fault="power")),
        ("5m before power", Place(fault="power", before=300 * S)),
        ("now", NOW),
    ],
)
def test_a_place_is_read_and_written_alike(text: str, place: Place):
    """What is written stands for what was read."""
    assert parse_place(text) == place
    assert parse_place(str(place)) == place


@pytest.mark.parametrize(
    "text", ["# 12", "-5m", "5 before power", "before power", "5m after power", "", True]
)
def test_what_is_no_place_is_refused(text: object):
    """A text that names no place is told so."""
    with pytest.raises(PydanticCustomError):
        parse_place(text)
