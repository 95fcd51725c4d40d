"""Text of others is inert when it is shown."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from sim.core.errors import SHOWN_MAX, Problem, SpecError
from sim.core.inert import QUOTED_MAX, inert, inert_lines, shortened

BAD = (
    "Cc",
    "Cf",
    "Cs",
    "Zl",
    "Zp",
)  # control, format (bidirectional marks), surrogates, line and paragraph ends


@given(st.text(st.characters()))
def test_nothing_that_acts_on_a_terminal_is_left(text):
    """No control character, line end, direction mark or half surrogate; what was printable is unchanged."""
    shown = inert(text)
    assert not [char for char in shown if unicodedata.category(char) in BAD]
    assert shown == text or not text.isprintable()
    assert inert(shown) == shown


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_reads_back_what_was_escaped(text):
    """The escapes are those of JSON, so a document stays what it was."""
    assert json.loads(inert(json.dumps(text, ensure_ascii=False))) == text


def test_lines_keep_their_ends_and_nothing_else():
    """Line feeds are layout; a carriage return or an escape is not."""
    assert inert_lines("a\x1b[31m\nb\rc\n") == "a\\u001b[31m\nb\\u000dc\n"


@given(st.text(max_size=1000), st.integers(1, 300))
def test_a_text_is_cut_in_its_middle(text, most):
    """At most so many characters; the ends stay."""
    cut = shortened(text, most)
    assert len(cut) <= most
    assert cut == text or (len(text) > most and cut[: (most - 1) // 2] == text[: (most - 1) // 2])


@given(st.text(st.characters()), st.text(st.characters()), st.text(st.characters()), st.text(st.characters()))
def test_a_problem_is_inert_and_short(why, hint, path, source):
    """Whatever it quotes, a problem has at most three lines, and each is short."""
    found = Problem(why * 99, hint * 99, "f.yaml", 3, 70, path * 99, None, source * 99)
    lines = str(found).split("\n")
    assert len(lines) <= 3
    assert all(inert(line) == line for line in lines)
    assert all(
        len(line) <= 12 * 3 * QUOTED_MAX + 100 for line in lines
    )  # an escape has at most 12 characters


def test_of_many_problems_the_first_are_shown_and_the_rest_counted():
    """A log of a hundred thousand lines helps nobody; no hint is worked out in vain."""

    class Hint:
        worked_out = 0

        def __str__(self) -> str:
            Hint.worked_out += 1
            return "did you mean it"

    error = SpecError([Problem("wrong", Hint(), "f", line + 1) for line in range(10_000)])
    assert str(error).split("\n")[-1] == f"and {10_000 - SHOWN_MAX:,} more problems"
    assert len(error.problems) == 10_000
    assert Hint.worked_out == SHOWN_MAX
