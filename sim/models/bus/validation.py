"""Validation: a share of a domain's records is bad, and what is bad does not get on the bus."""

import numpy as np

from sim.core.identity import lsn_of, seq_of, stream_of
from sim.core.stages import VALIDATION
from sim.engine.sampling import draw_uniforms
from sim.journal.recorder import Table
from sim.models.setting import ModelSetting


class BadRecords:
    """Which versions are bad: drawn for the write of each, whoever publishes which commit of it, and when."""

    def __init__(self, setting: ModelSetting, bad: float) -> None:
        names = (stream.name for stream in setting.store.streams)
        self._keys = np.array([setting.key(f"{name}/{VALIDATION.name}") for name in names], np.uint64)
        self._share = bad
        self._bad = np.zeros(0, np.int64)  # versions
        self._dropped: list[tuple[np.ndarray, np.ndarray]] = []  # for the journal: times, versions
        setting.store.listen(self._judge)

    def _judge(self, commits: np.ndarray) -> None:
        """Draw for commits (COMMIT) of one timeline, in order."""
        drawn, rid = np.empty(len(commits), np.float64), commits["rid"]
        draw_uniforms(self._keys[stream_of(rid)], seq_of(rid), VALIDATION.draw, drawn)
        found = commits["version"][drawn < self._share]
        if found.size:
            self._bad = np.concatenate([self._bad, found])

    def drop(self, at: np.ndarray, version: np.ndarray) -> np.ndarray:
        """Keep back what is bad of versions that would be visible at ``at``; return which pass, bool."""
        bad = np.isin(version, self._bad)
        if bad.any():
            self._dropped.append((at[bad], version[bad]))
        return ~bad

    def forget(self, lsn: int) -> None:
        """Forget the versions up to ``lsn``, which nobody will publish any more."""
        self._bad = self._bad[lsn_of(self._bad) > lsn]

    def take_rows(self) -> dict[str, Table]:
        """Return the journal's new rows."""
        rows, self._dropped = self._dropped, []
        if not rows:
            return {}
        at, version = (np.concatenate(columns) for columns in zip(*rows, strict=True))
        return {f"dropped/{VALIDATION.name}": {"at_ns": at, "version": version}}
