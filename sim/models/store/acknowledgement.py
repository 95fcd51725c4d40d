"""When a store answers a commit: what a policy is told, and the one that has nothing to do.

A policy is told of everything that changes a flow, at the moment of the change, and of time that has passed.
"""

from typing import Protocol

from sim.core.milestones.store import WritesBlocked


class Policy(Protocol):
    """When a commit is answered. Times in ns."""

    def changed(self, now: int) -> None:
        """Flows, nodes or links have changed."""

    def followed(self, region: str, lsn: int, now: int) -> None:
        """A node begins to follow, from behind ``lsn``."""

    def promoted(self, now: int) -> None:
        """Another node is the primary."""

    def passed(self, since: int, until: int) -> None:
        """The store has been settled from one time to another."""

    def blocked(self) -> WritesBlocked | None:
        """Say why what the primary commits now is not answered before something changes, if it is so."""


class AtOnce:
    """Asynchronous: a commit is answered as it is made, which is what a circle does by itself."""

    def changed(self, now: int) -> None:
        """Nothing follows from it."""

    def followed(self, region: str, lsn: int, now: int) -> None:
        """Nothing follows from it."""

    def promoted(self, now: int) -> None:
        """Nothing follows from it."""

    def passed(self, since: int, until: int) -> None:
        """Nothing follows from it."""

    def blocked(self) -> WritesBlocked | None:
        """Nothing waits."""
        return None
