"""Text of others made safe to show: it cannot move a cursor, end a line, hide or turn around what follows.

What cannot be printed (control and format characters, line ends, bidirectional marks, half surrogates) is
written as its escape. Applied where text leaves: errors, pages, lines of a check, the console.
"""

import re

QUOTED_MAX = 200  # characters of somebody else's text in one quotation
_SUSPECT = re.compile(r"[^ -~]")


def inert(text: str) -> str:
    r"""Return ``text`` as one line of printable characters; others become ``\u202e``, as JSON has them."""
    return text if text.isprintable() else _SUSPECT.sub(_escaped, text)


def inert_lines(text: str) -> str:
    """Return ``text`` with its line feeds kept, and every line inert."""
    return "\n".join(map(inert, text.split("\n")))


def shortened(text: str, most: int = QUOTED_MAX) -> str:
    """Return at most ``most`` characters of ``text``: its beginning and its end."""
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[:half]}…{text[len(text) - half :]}"


def around(text: str, column: int, most: int = QUOTED_MAX) -> tuple[str, int]:
    """Return at most ``most`` characters of ``text`` around ``column`` (from 1), and the column in them."""
    start = max(0, min(column - 1 - most // 2, len(text) - most))
    return text[start : start + most], column - start


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    if char.isprintable():
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{int.from_bytes(units[i : i + 2]):04x}" for i in range(0, len(units), 2))
