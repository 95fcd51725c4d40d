"""Elements of HTML and SVG: whatever is text becomes inert and escaped, and attributes are always quoted."""

from collections.abc import Iterable, Sequence
from html import escape

from markupsafe import Markup

from sim.core.inert import inert

VOID = {"br", "col", "hr", "input", "link", "meta"}
Child = str | Markup | None
Attribute = str | float | bool | None
_CASED = {"viewBox", "preserveAspectRatio"}  # names of SVG that are not all small letters


def el(tag: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """Return an element. ``str`` is text, ``Markup`` stays as it is, None is left out.

    Attributes: ``class_`` is ``class``, ``aria_label`` is ``aria-label``; numbers have at most two decimals;
    True is a name without a value; None and False are left out.
    """
    named = "".join(_attribute(key, value) for key, value in attributes.items())
    start = f"<{tag}{named}>"
    return Markup(start if tag in VOID else f"{start}{join(children)}</{tag}>")


def join(children: Iterable[Child]) -> Markup:
    """Return children one after the other."""
    return Markup("".join(_safe(child) for child in children if child is not None))


def name(text: str, tag: str = "bdi", **attributes: Attribute) -> Markup:
    """Return text of others: its direction does not reach what is around it."""
    return el(tag, text, dir="auto", **attributes)


def command(text: str) -> Markup:
    """Return a command, to be selected as a whole and put into a shell."""
    return el("code", text, class_="command", dir="ltr", translate="no")


def items(children: Sequence[Child], **attributes: Attribute) -> Markup:
    """Return a list without order."""
    return el("ul", *(el("li", child) for child in children), **attributes)


def number(value: float) -> str:
    """Write a coordinate with at most two decimals, without an exponent and without zeros at the end."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _safe(child: str | Markup) -> str:
    return str(child) if isinstance(child, Markup) else escape(inert(child))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    written = key if key in _CASED else key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {written}"
    text = value if isinstance(value, str) else number(value)
    return f' {written}="{escape(inert(text))}"'
