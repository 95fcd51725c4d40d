"""Pages as plain rows and in colour."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sim.report import fitting
from sim.report.colour import coloured
from sim.report.page import ReportSection, ReportTable, plain

word = st.text(alphabet="abcdefgh", min_size=1, max_size=9)
cells = st.tuples(word, word, st.lists(word, max_size=40).map(" ".join))


@given(st.lists(cells, min_size=1, max_size=6), st.integers(50, 120))
def test_rows_fit_and_keep_every_word(rows, width):
    """Whatever the last column holds, no line is wider than the page and no word is lost."""
    text = plain([ReportSection("", (ReportTable(("one", "two", "three"), tuple(rows)),))], width)
    assert max(map(len, text.splitlines())) <= width
    assert sorted(text.split()) == sorted(
        " ".join(["one two three", *(" ".join(row) for row in rows)]).split()
    )


wide = st.text(alphabet="ab 订单é́שלום", min_size=1, max_size=70)


@given(
    st.lists(st.tuples(wide, st.integers(0, 10**9).map(str), wide), min_size=1, max_size=4),
    st.integers(40, 120),
)
def test_a_table_of_any_names_fits_and_keeps_its_numbers(rows, width):
    """Wide and long names never make a line too long, and what gives way is never a number."""
    table = ReportTable(("a name", "number", "why"), tuple(rows), frozenset({1}))
    text = plain([ReportSection("", (table, rows[0][0]))], width)
    assert max(map(fitting.cells, text.splitlines())) <= width
    assert all(number in text for _, number, _ in rows)


def test_a_table_that_cannot_fit_stands_row_by_row():
    """Columns that have no room side by side stand under each other, named by their heads."""
    table = ReportTable(("of", *"abcdefgh"), (("x", *["1,000,000"] * 8),), frozenset(range(1, 9)))
    first, *rest = plain([ReportSection("", (table,))], 40).splitlines()
    assert first == "x"
    assert rest[0].startswith("  a: 1,000,000; b: 1,000,000")


def test_columns_line_up():
    """Cells of a column start, or end, in the same place."""
    text = plain(
        [
            ReportSection(
                "T", (ReportTable(("a", "b", "c"), (("xxxx", "1", "u"), ("y", "1000", "v")), frozenset({1})),)
            )
        ]
    )
    assert text.splitlines() == ["T", "-", "a        b  c", "xxxx     1  u", "y     1000  v"]


def test_a_bullet_hangs():
    """What follows the first line of a bullet is set in under its text."""
    lines = plain([ReportSection("", ("- " + "word " * 30,))], 40).splitlines()
    assert len(lines) > 2
    assert all(line.startswith("  word") for line in lines[1:])


def test_colour_adds_no_words(outcome):
    """The page in colour has the words of the plain page, and escape codes."""
    from sim.report.terminal import page, reviewed

    sections = page(outcome, reviewed(outcome, source="x"))
    drawn = coloured(sections)
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", drawn)
    assert drawn != stripped
    assert re.sub(r"-{3,}", "", plain(sections)).split() == stripped.split()


def test_square_brackets_are_text():
    """What looks like markup is printed as it is."""
    assert "[red]x[/red]" in coloured([ReportSection("[bold]", ("[red]x[/red]",))])
