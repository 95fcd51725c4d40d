"""The corpus of scenario files, and what each invalid one must get."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SCENARIOS = sorted((HERE.parents[1] / "scenarios").glob("*/*.yaml"))
VALID = sorted((HERE / "valid").glob("*.yaml"))


@dataclass(frozen=True)
class Invalid:
    """One invalid file: the ``--set`` texts to load it with, and its problems as ``line:column message``."""

    path: Path
    sets: tuple[str, ...]
    expected: tuple[str, ...]


def _read(path: Path) -> Invalid:
    lines = path.read_bytes().decode("utf-8").splitlines()
    head = [line for line in lines if line.startswith(("# expect: ", "# set: "))]
    sets = tuple(line.removeprefix("# set: ") for line in head if line.startswith("# set: "))
    expected = tuple(line.removeprefix("# expect: ") for line in head if line.startswith("# expect: "))
    return Invalid(path, sets, expected)


INVALID = [_read(path) for path in sorted((HERE / "invalid").glob("*.yaml"))]
