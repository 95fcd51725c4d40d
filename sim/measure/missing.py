"""What is lost, out of reach, too much or there twice, record by record: ranges of versions with their rows.

docs/files.md has the table that is made of them. Ranges are complete; of the records of a range as many are
listed as there is room for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.core.identity import timeline_of

LISTED_MAX = 100_000  # records of a run
UNKNOWN = -1  # a rid, key, session or time that nobody kept
LOST, STRANDED, DROPPED, GHOST, DUPLICATE = KINDS = ("lost", "stranded", "dropped", "ghost", "duplicate")
COLUMNS = ("version", "rid", "key", "session", "commit_ns")


@dataclass(frozen=True, slots=True)
class MissingRange:
    """Records of a store with one fate at one stage: so many of the versions ``first`` to ``last``.

    ``cause``: how it came, in words of docs/files.md; ``at_ns``: when, UNKNOWN if that is not one moment.
    ``copies``: what still has them, in words. ``rows``: (n, COLUMNS) int64, of the first n of them.
    """

    store: str
    stage: str
    kind: str
    cause: str
    at_ns: int
    copies: tuple[str, ...]
    first: int
    last: int
    records: int
    rows: np.ndarray


def ranges_of(fate: MissingRange, rows: np.ndarray) -> Iterator[MissingRange]:
    """Yield ranges of one fate, one a timeline; ``rows``: (n, COLUMNS) int64, all the records."""
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    timelines = timeline_of(rows[:, 0])
    for timeline in np.unique(timelines).tolist():
        own = rows[timelines == timeline]
        yield replace(
            fate, first=int(own[0, 0]), last=int(own[-1, 0]), records=len(own), rows=own[:LISTED_MAX]
        )


def fate(store: str, stage: str, kind: str, *, cause: str, at_ns: int, copies: Sequence[str]) -> MissingRange:
    """Return a range without records, to be filled by ``ranges_of``."""
    none = np.zeros((0, len(COLUMNS)), np.int64)
    return MissingRange(store, stage, kind, cause, at_ns, tuple(copies), 0, 0, 0, none)


def listed(ranges: Sequence[MissingRange]) -> list[MissingRange]:
    """Return the ranges with at most ``LISTED_MAX`` rows in all, those of the first ranges."""
    out, room = [], LISTED_MAX
    for found in ranges:
        out.append(replace(found, rows=found.rows[:room]))
        room -= len(out[-1].rows)
    return out
