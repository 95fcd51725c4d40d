"""The tables of the data path: column, dtype. Semantics: docs/data-path.md, "Ties and tables"."""

from collections.abc import Mapping

import numpy as np

# Positions are rows of ``bus/<region>``, from 0; regions are indices in the sorted names.
BUS = {"at_ns": np.int64, "version": np.int64, "origin": np.int16}
GONE = {"at_ns": np.int64, "position": np.int64}
PASSED = {"at_ns": np.int64, "region": np.int16, "position": np.int64}  # consumed, skipped, dead, replayed
RANGES = {
    "at_ns": np.int64,
    "commit": np.int64,  # number in its table
    "source": np.int16,  # region of the bus
    "begin": np.int64,
    "end": np.int64,
}
TAKEN = {"at_ns": np.int64, "kept": np.int64}
DANGLING = {"from_ns": np.int64, "to_ns": np.int64}
REFRESH = {"at_ns": np.int64, "ok": np.int8, "commits": np.int64}
PLACED = {"at_ns": np.int64, "region": np.int16, "position": np.int64}
UNREAD = {"region": np.int16, "begin": np.int64, "end": np.int64}

ZONES = ("raw", "curated", "analytics")

# First part of a table's name -> its columns; what follows is a region, a process or both.
PATH_TABLES: dict[str, Mapping[str, type]] = {
    "bus": BUS,
    "gone": GONE,
    "consumed": PASSED,
    "skipped": PASSED,
    "dead": PASSED,
    "replayed": PASSED,
    "handled": {**PASSED, "rid": np.int64, "tag": np.int64},
    "raw": RANGES,
    "curated": RANGES,
    "analytics": RANGES,
    "taken": TAKEN,
    "dangling": DANGLING,
    "refresh": REFRESH,
    "placed": PLACED,
    "unsent": {"version": np.int64},
    "unread": UNREAD,
    "flying": UNREAD,
}
