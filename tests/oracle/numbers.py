"""Which generated cases are run. Tests run few, always the same; ``make oracle`` runs thousands of new ones.

``SIM_ORACLE_FIRST``: the number of the first, of databases and of data paths alike (``make oracle`` makes it
of the day's date); without it the numbers are fixed. ``SIM_ORACLE_CASES`` and ``SIM_ORACLE_PATHS``: how many.
"""

import os
from pathlib import Path

from .generate import WIDE, is_wide

FEW, FEW_WIDE = 300, 30
CHUNK = 10
SAMPLE = 600  # so many are looked at for what they exercise
_FIRST = os.environ.get("SIM_ORACLE_FIRST")
KEPT = Path(__file__).parents[2] / "build" / "oracle"  # where cases that differ are kept


def _numbers(variable: str) -> tuple[int, ...]:
    if _FIRST is not None:
        return tuple(range(int(_FIRST), int(_FIRST) + int(os.environ.get(variable, str(FEW)))))
    wide = [number for number in range(WIDE, WIDE + 4 * FEW_WIDE) if is_wide(number)]
    return (*range(int(os.environ.get(variable, str(FEW)))), *wide[:FEW_WIDE])


DATABASES, PATHS = _numbers("SIM_ORACLE_CASES"), _numbers("SIM_ORACLE_PATHS")


def chunks(numbers: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the numbers, some at a time."""
    return [numbers[i : i + CHUNK] for i in range(0, len(numbers), CHUNK)]


def told() -> str:
    """Return which numbers are run, for people."""
    words = [f"{len(n)} {what} from {n[0]}" for n, what in ((DATABASES, "databases"), (PATHS, "data paths"))]
    again = f"SIM_ORACLE_FIRST={_FIRST} runs them again" if _FIRST is not None else "fixed numbers"
    return f"oracle: {' and '.join(words)}; {again}; what differs is kept in build/oracle"
