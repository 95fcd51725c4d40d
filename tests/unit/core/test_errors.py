"""Problems as people read them."""

from sim.core.errors import Problem, SpecError


def test_problems_are_sorted_by_place_and_told_once():
    """The order of finding does not matter, and one place says a thing once."""
    late, early = Problem("b", file="x", line=3, column=1), Problem("a", file="x", line=1, column=9)
    assert SpecError([late, early, late]).problems == (early, late)


def test_the_caret_stands_under_the_column_even_after_tabs():
    """A tab is shown as one space, so that the caret lines up on any terminal."""
    text = str(Problem("wrong", "do right", "f.yaml", 7, 4, "a.b", 5, "\tk: 5"))
    head, line, caret = text.split("\n")
    assert head == "f.yaml:7:4: a.b: wrong, do right"
    assert line == "    7 |  k: 5"
    assert caret == "           ^"


def test_without_a_place_only_the_message_is_left():
    """What is wrong with a scenario made in Python has a path, no line."""
    assert str(Problem("wrong", path="a.b")) == "a.b: wrong"
