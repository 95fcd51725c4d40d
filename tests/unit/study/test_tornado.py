"""What each knob of a sweep does by itself, by hand."""

from sim.studies.tornado import effects


def estimate(value):
    """An estimate as documents have it."""
    return {"value": value, "low": value, "high": None}


def test_only_points_with_one_knob_turned_count_and_the_widest_comes_first():
    """From a = 1, b = 1: b = 2 moves by 7, a = 2 by 1, a = 3 by 3; both turned say nothing of either."""
    points = [
        ({"a": a, "b": b}, estimate(value))
        for a, b, value in (
            ("1", "1", 10.0),
            ("1", "2", 17.0),
            ("2", "1", 9.0),
            ("3", "1", 13.0),
            ("2", "2", 90.0),
        )
    ]
    found = effects(points)
    assert [(one.knob, one.value, one.estimate, one.base) for one in found] == [
        ("b", "2", 17.0, 10.0), ("a", "2", 9.0, 10.0), ("a", "3", 13.0, 10.0)
    ]  # fmt: skip


def test_a_figure_without_bound_is_wider_than_any_other():
    """It comes first, and is told as it is."""
    points = [({"a": "1", "b": "1"}, estimate(1.0)), ({"a": "2", "b": "1"}, estimate(90.0))]
    found = effects([*points, ({"a": "1", "b": "2"}, estimate(None))])
    assert [(one.knob, one.estimate) for one in found] == [("b", None), ("a", 90.0)]


def test_without_a_base_there_is_no_effect():
    """Nothing was measured at the first point, or there is none at all."""
    assert effects([({"a": "1"}, None), ({"a": "2"}, estimate(1.0))]) == []
    assert effects([({}, estimate(1.0))]) == effects([]) == []
