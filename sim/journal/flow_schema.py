"""The tables of the data path: column, dtype. Semantics: docs/data-path.md, "Ties and tables"."""

from collections.abc import Mapping

import numpy as np

from sim.core.stages import STAGES

# Positions are rows of ``bus/<region>``, from 0; regions are indices in the sorted names.
GONE = {"at_ns": np.int64, "position": np.int64}
PASSED = {"at_ns": np.int64, "region": np.int16, "position": np.int64}  # consumed, skipped, dead, replayed
TAKEN = {"at_ns": np.int64, "kept": np.int64}
DANGLING = {"from_ns": np.int64, "to_ns": np.int64}
REFRESH = {"at_ns": np.int64, "ok": np.int8, "commits": np.int64}
PLACED = {"at_ns": np.int64, "region": np.int16, "position": np.int64}
UNREAD = {"region": np.int16, "begin": np.int64, "end": np.int64}

# First part of a table's name -> its columns; what follows is a region, a process or both.
PATH_TABLES: dict[str, Mapping[str, type]] = {
    **{stage.name: stage.rows for stage in STAGES if stage.rows},
    "gone": GONE,
    "consumed": PASSED,
    "skipped": PASSED,
    "dead": PASSED,
    "replayed": PASSED,
    "handled": {**PASSED, "rid": np.int64, "tag": np.int64},
    "dropped": {"at_ns": np.int64, "version": np.int64},
    "taken": TAKEN,
    "dangling": DANGLING,
    "refresh": REFRESH,
    "placed": PLACED,
    "unsent": {"version": np.int64},
    "unread": UNREAD,
    "flying": UNREAD,
}
