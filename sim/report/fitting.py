"""Text in the cells of a terminal: how wide it is, where it wraps, and how wide columns may be."""

from collections.abc import Sequence

GAP = "  "
NAME_MIN = 14  # cells to which a column of names may shrink
TAIL_MIN = 20  # and the last column, which wraps


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes: two for a wide character."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of at most ``width`` cells, at spaces; a longer word is cut."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cells(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _chopped(word, width)
        lines += full
    return [*lines, line]


def clipped(text: str, width: int) -> str:
    """Return a text in at most ``width`` cells: its beginning and its end, where it is longer."""
    if cells(text) <= width:
        return text
    if width < 3:
        return _chopped(text, width)[0]
    head, tail = (width - 1) - (width - 1) // 2, (width - 1) // 2
    ending = _chopped(text[::-1], tail)[0][::-1]
    return f"{_chopped(text, head)[0]}…{ending}"


def shortened(text: str, width: int) -> str:
    """Return the beginning of a text that takes at most ``width`` cells, with ``…`` for the rest."""
    if cells(text) <= width:
        return text
    return _chopped(text, max(width - 1, 1))[0].rstrip() + "…"


def padded(text: str, width: int, *, right: bool) -> str:
    """Return a text in exactly ``width`` cells; a longer one loses its middle."""
    fits = clipped(text, width)
    space = " " * (width - cells(fits))
    return space + fits if right else fits + space


def sizes_of(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int], width: int
) -> list[int] | None:
    """Return how wide each column is, so that a table fits into ``width``; None if it cannot.

    What does not fit is gained first from the last column if that is text, then from heads, and last from the
    other texts; all of these wrap. A word that is too long loses its middle, a number nothing.
    """
    room = width - len(GAP) * (len(head) - 1)
    held = [max((cells(row[i]) for row in rows), default=0) for i in range(len(head))]
    words = [max(map(cells, name.split(" "))) for name in head]
    full = [max(cells(name), most, 1) for name, most in zip(head, held, strict=True)]
    short = [max(name, most, 1) for name, most in zip(words, held, strict=True)]
    last = len(head) - 1
    tail = [
        size if i in right or i < last else min(size, max(TAIL_MIN, words[i])) for i, size in enumerate(full)
    ]
    heads = [min(size, tail[i]) for i, size in enumerate(short)]
    names = [
        size if i in right or i == last else min(size, max(NAME_MIN, words[i]))
        for i, size in enumerate(heads)
    ]
    sizes = full
    for least in (tail, heads, names):
        sizes = _shrunk(sizes, least, room)
    return sizes if sum(sizes) <= room else None


def _shrunk(sizes: list[int], least: list[int], room: int) -> list[int]:
    """Take from the widest column that may lose a cell, one at a time, until all fit or none may."""
    sizes = list(sizes)
    for _ in range(sum(sizes) - room):
        loose = [i for i, size in enumerate(sizes) if size > least[i]]
        if not loose:
            break
        sizes[max(loose, key=lambda i: sizes[i])] -= 1
    return sizes


def _chopped(word: str, width: int) -> list[str]:
    """Return a word in pieces of at most ``width`` cells; one at least."""
    if cells(word) <= width:
        return [word]
    from rich.cells import chop_cells

    return chop_cells(word, max(width, 2)) or [""]
