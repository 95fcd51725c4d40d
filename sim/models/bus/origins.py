"""Whose commit an event is: the operation (rid) of each version that is still on a bus."""

from collections.abc import Callable, Iterable

import numpy as np

from sim.core.identity import LSN_MASK, lsn_of, timeline_of
from sim.engine.log import Log
from sim.engine.ordering import absent

_SPARE = 65_536


class Origins:
    """The rids of a domain's commits, by timeline and lsn; those of the primaries, as they go to the log."""

    def __init__(self) -> None:
        self._rids: dict[int, Log] = {}
        self._kept = 0  # rows after the last drop

    def take(self, commits: np.ndarray) -> None:
        """Take in commits (COMMIT) of one timeline, in order."""
        first = int(commits["version"][0])
        timeline = timeline_of(first)
        if timeline not in self._rids:
            self._rids[timeline] = Log(lsn_of(first), rid=np.int64)
        self._rids[timeline].append(rid=commits["rid"])

    def of(self, versions: np.ndarray) -> np.ndarray:
        """Return the rid of each version, int64."""
        rids, timelines, lsns = np.empty_like(versions), timeline_of(versions), lsn_of(versions)
        for timeline in np.unique(timelines).tolist():
            rows, mine = self._rids[timeline], timelines == timeline
            assert (lsns[mine] >= rows.base).all(), "forgotten too early"
            rids[mine] = rows.all("rid")[lsns[mine] - rows.base]
        return rids

    def lost(
        self, versions: np.ndarray, newest: int, cut_from: Callable[[int], tuple[int, int]]
    ) -> np.ndarray:
        """Return whether neither a version is on timeline ``newest`` nor any commit of its rid, bool.

        ``cut_from``: timeline -> its parent, and the last lsn that they share. All rids must have been kept.
        """
        on_line, committed = np.zeros(versions.size, np.bool_), [np.zeros(0, np.int64)]
        timeline, last = newest, LSN_MASK
        while timeline > 0:
            on_line |= (timeline_of(versions) == timeline) & (lsn_of(versions) <= last)
            if timeline in self._rids:
                rows = self._rids[timeline]
                committed.append(rows.part("rid", rows.base, max(rows.base, min(rows.end, last + 1))))
            timeline, cut = cut_from(timeline)
            last = min(last, cut)
        return ~on_line & ~np.isin(self.of(versions), np.concatenate(committed))

    def drop(self, held: Iterable[np.ndarray], lsn: int) -> np.ndarray:
        """Forget what nobody can ask for, now and then; return the rids of which nothing is known any more.

        ``held``: the versions that are somewhere still; ``lsn``: from this one on, all may come yet.
        """
        none = np.zeros(0, np.int64)
        if sum(rows.end - rows.base for rows in self._rids.values()) < 2 * self._kept + _SPARE:
            return none
        versions = np.concatenate([none, *held])
        gone, kept = [none], [none]
        for timeline, rows in self._rids.items():
            lsns = lsn_of(versions[timeline_of(versions) == timeline])
            known = rows.all("rid").copy()
            before = rows.base
            rows.drop(min(lsn, int(lsns.min())) if lsns.size else lsn)
            gone.append(known[: rows.base - before])
            kept.append(known[rows.base - before :])
        self._kept = sum(rids.size for rids in kept)
        return absent(np.concatenate(gone), np.concatenate(kept))
