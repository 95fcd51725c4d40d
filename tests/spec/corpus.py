"""The corpus of scenario files, and what each invalid one must get."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SCENARIOS = sorted((HERE.parents[1] / "scenarios").glob("*/*.yaml"))
VALID = sorted((HERE / "valid").glob("*.yaml"))


@dataclass(frozen=True)
class Invalid:
    """One invalid file: ``--set`` and ``--sweep`` texts, and problems as ``line:column message``."""

    path: Path
    sets: tuple[str, ...]
    sweeps: tuple[str, ...]
    expected: tuple[str, ...]


def _read(path: Path) -> Invalid:
    lines = path.read_bytes().decode("utf-8").splitlines()

    def after(head: str) -> tuple[str, ...]:
        return tuple(line.removeprefix(head) for line in lines if line.startswith(head))

    return Invalid(path, after("# set: "), after("# sweep: "), after("# expect: "))


INVALID = [_read(path) for path in sorted((HERE / "invalid").glob("*.yaml"))]
