"""Small compiled functions that several measures share: buckets, versions on timelines, hash places."""

import numpy as np

from sim.engine.compiled import compiled, drawn
from sim.engine.packing import lsn_of, timeline_of
from sim.stats.histogram import OFFSET, SHIFT

PARENT, CUT = range(2)  # columns of a lineage: row T is timeline T


@drawn
def bucket_of(value):
    """Return the histogram bucket of a non-negative int64."""
    return (np.float64(value).view(np.int64) >> SHIFT) - OFFSET if value > 0 else 0


@compiled
def on_timeline(version, timeline, lineage):
    """Return whether ``version`` is on ``timeline``.

    Its own timeline is that or an ancestor, and no cut on the way lies before it.

    ``lineage`` (T, 2) int64: parent and cut of each timeline; 0 and below is no version at all and on every
    timeline.
    """
    if version <= 0:
        return True
    own, lsn = timeline_of(version), lsn_of(version)
    while timeline > own:
        if timeline >= len(lineage) or lsn > lineage[timeline, CUT]:
            return False
        timeline = lineage[timeline, PARENT]
    return timeline == own


@drawn
def place_of(key, mask):
    """Return where a non-negative int64 key belongs in a table of ``mask`` + 1 places."""
    h = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    h = (h ^ (h >> np.uint64(32))) * np.uint64(
        0xD1B54A32D192ED03
    )  # one product alone would leave the high bits of the key out
    return np.int64((h >> np.uint64(32)) & np.uint64(mask))


@compiled
def run_end(versions, first):
    """Return the index behind the run of consecutive numbers that begins at ``first`` of (n,) int64."""
    i = first + 1
    while i < len(versions) and versions[i] == versions[i - 1] + 1:
        i += 1
    return i


def grow_lineage(lineage: np.ndarray, timeline: int, parent: int, cut: int) -> np.ndarray:
    """Return the lineage with one more timeline."""
    if timeline >= len(lineage):
        lineage = np.concatenate([lineage, np.zeros((timeline + 8 - len(lineage), 2), np.int64)])
    lineage[timeline] = parent, cut
    return lineage
