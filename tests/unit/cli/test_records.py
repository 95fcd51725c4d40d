"""A record is named by numbers that have limits; beyond one it would be another record's name."""

import click
import pytest

from sim.cli.explain import _number
from sim.core.identity import LIMITS


@pytest.mark.parametrize("what", ["timelines", "commits", "operations"])
def test_a_record_beyond_a_limit_is_no_record(what):
    """The greatest number is taken as it stands, one more is refused with the limit."""
    assert _number(str(LIMITS[what]), what) == LIMITS[what]
    with pytest.raises(click.BadParameter, match=f"{LIMITS[what] + 1} is beyond what there can be"):
        _number(str(LIMITS[what] + 1), what)
