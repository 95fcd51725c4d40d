"""An outcome made by hand: a drill that misses one objective, with every kind of figure in it."""

import pytest

from tests.unit.report.drill import drill


@pytest.fixture
def outcome():
    """The hand-made drill."""
    return drill()
