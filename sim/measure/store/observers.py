"""Several who follow one ledger, told in order."""

from dataclasses import dataclass, field

from sim.journal.recorder import Table
from sim.measure.store.ledger import Cut, Ledger, Observer


@dataclass(slots=True)
class Observers:
    """An observer that tells others."""

    all: list[Observer] = field(default_factory=list)

    def stretch(self, ledger: Ledger, first: int, tables: dict[str, Table], /) -> None:
        """See the rows between two cuts."""
        for observer in self.all:
            observer.stretch(ledger, first, tables)

    def cut(self, ledger: Ledger, cut: Cut) -> None:
        """See a promotion before the ledger follows it."""
        for observer in self.all:
            observer.cut(ledger, cut)
