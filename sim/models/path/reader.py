"""A cursor on the bus of one region: rows in order of position, FIFO work, positions saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.models.path.bus import Bus


class Reader:
    """Serves the rows of a bus one after the other. All positions are positions of ``bus``.

    It is what a consumer group and the stream job have in common. Its owner decides when it works and at
    which speed, and ``Path.advance`` pulls it. Saved position: ``saved``, where ``halt`` goes back to; set by
    its owner, or by ticks of ``save_every`` ns if that is given.
    ``barrier``: a position that is not taken up, None if there is none (a poison message).
    """

    bus: Bus
    saved: int
    barrier: int | None
    running: bool
    waited: int  # rows visible strictly before now and not completed
    keep: int  # rows from here on stay known to ``times`` and ``runs``; its owner moves it on, never beyond ``saved``

    def position(self) -> int:
        """Return the position behind the last row completed or skipped strictly before the last advance."""
        raise NotImplementedError

    def place(self, bus: Bus, position: int) -> None:
        """Be at a position of a bus, saved; it does not work until ``resume``."""
        raise NotImplementedError

    def resume(self, now: int) -> None:
        """Work from now on, from the present position."""
        raise NotImplementedError

    def halt(self) -> None:
        """Stop: the row in service is lost, the position goes back to ``saved``."""
        raise NotImplementedError

    def pace(self, now: int, speed: float) -> None:
        """Work at another speed from now on; 0 is standing still."""
        raise NotImplementedError

    def completed_before(self, at: int) -> int:
        """Return the position behind the last row completed or skipped strictly before ``at``.

        ``at`` must not be later than the last advance.
        """
        raise NotImplementedError

    def runs(self, begin: int, end: int) -> list[tuple[int, int]]:
        """Return the maximal runs [from, to) of rows in [begin, end) that were completed and not skipped."""
        raise NotImplementedError

    def times(self, begin: int, end: int) -> np.ndarray:
        """Return when the rows [begin, end) were completed or skipped, int64 ns."""
        raise NotImplementedError
