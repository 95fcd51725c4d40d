"""Elements: text of others stays text, wherever it is put."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import html as reader

from sim.core.inert import inert
from sim.report.html.markup import el, join, name, number

TEXT = st.text(max_size=60)


@given(content=TEXT, value=TEXT)
def test_text_and_attributes_come_out_as_they_went_in(content, value):
    """A parser reads back what was given, made inert, and finds one element."""
    found = reader.fragment_fromstring(str(el("p", content, title=value)))
    assert list(found) == []
    assert (found.text or "") == inert(content)
    assert dict(found.attrib) == {"title": inert(value)}


def test_attributes_are_named_as_html_has_them():
    """Underscores become dashes, numbers are short, True has no value, None and False are not there."""
    made = el(
        "path", class_="a", aria_hidden="true", x=1.0, y=2 / 3, hidden=True, id=None, open=False, viewBox="0"
    )
    assert str(made) == '<path class="a" aria-hidden="true" x="1" y="0.67" hidden viewBox="0"></path>'


def test_what_is_safe_stays_and_nothing_is_left_out():
    """Elements go into elements unchanged, None leaves no trace, and void ones do not end."""
    assert str(join([el("br"), None, "<", el("b", "x")])) == "<br>&lt;<b>x</b>"
    assert str(name("a")) == '<bdi dir="auto">a</bdi>'


def test_numbers_have_no_exponent_and_no_minus_zero():
    """Coordinates are written for SVG."""
    assert [number(v) for v in (1e-9, -1e-9, 1e6, 12.345, 100.0)] == ["0", "0", "1000000", "12.35", "100"]
