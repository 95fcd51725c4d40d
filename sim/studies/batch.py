"""A finished batch as text: how it comes from a worker, and how it lies on the disk.

One JSON document: the rows of each table, and under ``figures`` for each trial which names its figures have,
their values (base64 of float64, little-endian), and which of them may be more, and how much. Names that
trials share are documents of their own.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence

import numpy as np

from sim.studies.figures import Names, TrialFigures
from sim.studies.rows import Measured, Part, Rows

Written = tuple[str, dict[str, str]]  # the batch, and the names it refers to, by their key


def written(rows: Rows, measured: Sequence[Measured] = ()) -> Written:
    """Return a batch as text."""
    figures = [
        [point, trial, found.names.key, _text(found.values), found.wide] for point, trial, found in measured
    ]
    names = {found.names.key: found.names for *_, found in measured}
    return (
        json.dumps({**rows, "figures": figures}, separators=(",", ":")),
        {key: shared.written() for key, shared in names.items()},
    )


def read(text: str, *, first: int, last: int, names: Callable[[str], Names] | None) -> Part:
    """Return what a batch says of trials ``first`` to ``last`` - 1. ``names`` finds names by their key.

    Without ``names`` the figures are left out.
    """
    held = json.loads(text)
    figures = held.pop("figures")
    rows = {table: [row for row in found if first <= row[1] < last] for table, found in held.items()}
    if names is None:
        return Part(rows)
    measured = [
        Measured(
            point,
            trial,
            TrialFigures(names(key), _values(text), tuple((place, high) for place, high in wide)),
        )
        for point, trial, key, text, wide in figures
        if first <= trial < last
    ]
    return Part(rows, measured)


def _text(values: np.ndarray) -> str:
    return b64encode(values.astype("<f8").tobytes()).decode()


def _values(text: str) -> np.ndarray:
    return np.frombuffer(b64decode(text), "<f8")
