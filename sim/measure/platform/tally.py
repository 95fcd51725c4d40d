"""How often something happened on the data path, and the first time that it did."""

from dataclasses import dataclass, field

from sim.core.quantity import seconds
from sim.core.record import figure, record


@record
class WitnessFigures:
    """The first record of which something is true."""

    at_s: float = figure("since when")
    version: int = figure("its version")
    rid: int | None = figure("its operation; null: its commit is long gone")


@record
class TallyFigures:
    """How often something happened."""

    count: int = figure("how often", "records")
    witness: WitnessFigures | None = figure("the first; null: it did not happen")


@dataclass(frozen=True, slots=True)
class Witness:
    """The first record of which something is true. ``rid`` None: its commit is long gone."""

    at_ns: int
    version: int
    rid: int | None

    def figures(self) -> WitnessFigures:
        """Return its time in seconds, version and operation."""
        return WitnessFigures(at_s=seconds(self.at_ns), version=self.version, rid=self.rid)


@dataclass(slots=True)
class CommitTally:
    """How often something happened, and the first time that it did, by commit of a table (0 elsewhere)."""

    entries: dict[int, tuple[int, Witness]] = field(default_factory=dict)

    def add(self, count: int, witness: Witness, commit: int = 0) -> None:
        """Count more of it; of the witnesses the first is kept."""
        before, first = self.entries.get(commit, (0, witness))
        self.entries[commit] = before + count, min(first, witness, key=_when)

    def forget(self, commit: int) -> None:
        """Take back what happened in commits from this number on."""
        self.entries = {number: entry for number, entry in self.entries.items() if number < commit}

    def figures(self) -> TallyFigures:
        """Return how often in all, and the first time."""
        found = [witness for _, witness in self.entries.values()]
        return TallyFigures(
            count=sum(count for count, _ in self.entries.values()),
            witness=min(found, key=_when).figures() if found else None,
        )


def _when(witness: Witness) -> tuple[int, int]:
    return witness.at_ns, witness.version
