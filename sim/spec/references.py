"""Names that must stand for something, each once."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from sim.spec.text import Complaint, Path, nearest


def unknown(what: str, names: Sequence[str], known: Collection[str], path: Path) -> Iterator[Complaint]:
    """Yield the names in a list at ``path`` that no ``what`` has."""
    for index, name in enumerate(names):
        if name not in known:
            yield unknown_one(what, name, known, (*path, index))


def unknown_one(
    what: str, name: str, known: Collection[str], path: Path, *, at_key: bool = False
) -> Complaint:
    """Return the complaint that no ``what`` has the name at ``path``."""
    return Complaint(path, f"no {what} {name!r}", nearest(name, known), at_key)


def twice(names: Sequence[str], path: Path) -> Iterator[Complaint]:
    """Yield the names that are in the list at ``path`` more than once, each at its last place."""
    last = {name: index for index, name in enumerate(names)}
    for name, count in Counter(names).items():
        if count > 1:
            yield Complaint((*path, last[name]), f"{name!r} is there twice")


def without(section: str, needed: str) -> Complaint:
    """Return the complaint that a section is there without the one that it builds on."""
    return Complaint((section,), f"there is no {needed} for this", f"add {needed}", at_key=True)
