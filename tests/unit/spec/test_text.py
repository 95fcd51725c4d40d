"""Did you mean."""

import pytest

from sim.spec.text import nearest


@pytest.mark.parametrize(
    ("name", "names", "hint"),
    [
        ("us-esat", ["us-west", "us-east"], "did you mean 'us-east'"),
        ("faliures", ["failures", "interval"], "did you mean 'failures'"),
        ("normal", ["lognormal", "uniform"], "did you mean 'lognormal'"),
        ("mars", ["b", "a"], "expected one of a, b"),
        ("c", ["a"], "expected a"),
        ("x", [], "there are none"),
    ],
)
def test_the_nearest_name_is_offered_or_all_are_listed(name, names, hint):
    """A swap counts as one slip; what is far from all gets the list."""
    assert str(nearest(name, names)) == hint
