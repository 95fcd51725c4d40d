"""The data path of one domain: what is pulled along together, and what asks it to stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sim.journal.recorder import Table

if TYPE_CHECKING:
    from sim.models.path.bus import Bus
    from sim.models.path.setting import Setting


class Part(Protocol):
    """What else lives on a domain's data path (the stream job, tables, sync): how the path speaks to it."""

    def advance(self, until: int) -> None:
        """Everything strictly before ``until`` has happened on the bus; called at each advance of the path."""

    def changed(self, cause: int | None) -> None:
        """Something in the world has changed now (overlays put on or taken off, node up, promotion)."""

    def lost(self, region: str, cause: int | None) -> None:
        """A region's data is lost now; comes before ``changed``."""

    def needs(self, region: str) -> int | None:
        """Return the first position of ``bus/<region>`` it may still ask for, None if none ever."""

    def rows(self) -> dict[str, Table]:
        """Return the journal's new rows by table name; those at the settled time or later stay."""

    def final(self) -> dict[str, Table]:
        """Return the tables of the last slice."""


class Path:
    """One domain's relay, buses, mirrors and readers. ``buses``: region -> its bus; ``parts``: what else."""

    setting: Setting
    buses: dict[str, Bus]
    parts: list[Part]

    def checkpoint(self, source: str, target: str, reader: str) -> int | None:
        """Return the offset checkpoint of the mirror ``source`` -> ``target`` for a reader (``orders/stream``)."""
        raise NotImplementedError

    def start_of(self, reader: str, source: str, target: str, *, start: str) -> int:
        """Return where a reader that moves begins in ``target``: ``checkpoint``, ``earliest`` or ``latest``.

        Skews of translation errors in force are added, and their faults have fired.
        """
        raise NotImplementedError
