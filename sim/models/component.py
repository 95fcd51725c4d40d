"""What every component of the platform is: store, relay, mirror, consumer, job, tables, insight, replay."""

from collections.abc import Callable

from sim.journal.recorder import Table

Needed = Callable[[str], int | None]  # name of a log -> the first position that somebody may still ask for


class Component:
    """Something that works by itself, and what the graph of all of them asks it.

    ``name``: its own (``orders/relay``). ``domain``: in whose journal its rows are, and with which it is
    pulled along; None: with none. ``inputs``, ``outputs``: names of the logs (``orders/bus/us-east``) that it
    reads and writes: it is advanced after whoever writes what it reads. ``driven``: it is moved along by
    itself, ahead of what it reads (the circle of a store): that is written before.

    It listens to dials when it is built (``models/dials.py``). What it has nothing to say to, it inherits.
    """

    name: str
    domain: str | None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    driven: bool = False

    def advance(self, until: int) -> None:
        """Do all that is due strictly before ``until``.

        How a time is divided changes nothing, and nothing goes back: an earlier ``until`` than before does
        nothing.
        """

    def changed(self, cause: int | None) -> None:
        """Something in the world has changed now, to which all have been advanced.

        Overlays were put on or taken off, a node went up or down, began or ceased to serve, was promoted.
        """

    def promoted(self, cut: int, cut_ns: int, cause: int) -> None:
        """Its domain's new timeline has begun now after record ``cut``, committed at ``cut_ns``."""

    def opened(self, region: str) -> None:
        """Partitions of a region's bus are available again from now on."""

    def needs(self, log: str) -> int | None:  # noqa: ARG002  # it needs nothing
        """Return the first position of one of its inputs that it may still ask for, None if none ever."""
        return None

    def take_rows(self) -> dict[str, Table]:
        """Return the journal's new rows by table name."""
        return {}

    def final_rows(self) -> dict[str, Table]:
        """Return the tables of the last slice: what had not arrived."""
        return {}

    def forget(self, needed: Needed) -> None:
        """Forget what nobody will ask for any more; its rows have been taken."""
