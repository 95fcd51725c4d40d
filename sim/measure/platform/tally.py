"""How often something happened on the data path, and the first time that it did."""

from dataclasses import dataclass, field
from typing import Any

SECOND = 1e9


@dataclass(frozen=True, slots=True)
class Witness:
    """The first record of which something is true. ``rid`` None: its commit is long gone."""

    at_ns: int
    version: int
    rid: int | None

    def figures(self) -> dict[str, Any]:
        """Return its time in seconds, version and operation."""
        return {"at_s": self.at_ns / SECOND, "version": self.version, "rid": self.rid}


@dataclass(slots=True)
class Tally:
    """How often something happened, and the first time that it did, by commit of a table (0 elsewhere)."""

    entries: dict[int, tuple[int, Witness]] = field(default_factory=dict)

    def add(self, count: int, witness: Witness, commit: int = 0) -> None:
        """Count more of it; of the witnesses the first is kept."""
        before, first = self.entries.get(commit, (0, witness))
        self.entries[commit] = before + count, min(first, witness, key=_when)

    def forget(self, commit: int) -> None:
        """Take back what happened in commits from this number on."""
        self.entries = {number: entry for number, entry in self.entries.items() if number < commit}

    def figures(self) -> dict[str, Any]:
        """Return ``count`` and ``witness``."""
        found = [witness for _, witness in self.entries.values()]
        return {
            "count": sum(count for count, _ in self.entries.values()),
            "witness": min(found, key=_when).figures() if found else None,
        }


def _when(witness: Witness) -> tuple[int, int]:
    return witness.at_ns, witness.version
