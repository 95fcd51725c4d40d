"""The circles of all stores, driven along: those that call each other together, the others on their own."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import inf

from sim.engine.clock import REST, Clock
from sim.models.bus.foresight import Foresight
from sim.models.store.store import DomainStore


class Circles:
    """Drives circles; a trip becomes a control of its own at its time.

    ``coupled``: the stores that can reach each other, or themselves, between two controls; ``foresights``: of
    the domains whose events lead to calls. ``full(domain)`` takes a domain's rows for the journal.
    """

    def __init__(
        self,
        clock: Clock,
        stores: Mapping[str, DomainStore],
        *,
        coupled: set[str],
        foresights: Sequence[Foresight],
        full: Callable[[str], None],
    ) -> None:
        self._clock, self._stores, self._foresights, self._full = clock, stores, foresights, full
        self._coupled = [store for name, store in stores.items() if name in coupled]
        self._apart = [store for name, store in stores.items() if name not in coupled]
        self._together = 0  # the coupled ones have been advanced so far

    def advance(self, until: float) -> None:
        """Run every circle to ``until``, or as far as trips allow."""
        for store in self._apart:
            until = min(until, self._run(store, until))
        while self._coupled and self._together < until and not any(s.trip_waits for s in self._coupled):
            self._step(until)

    def advance_one(self, domain: str, until: float) -> None:
        """Run one store's circle, and those it is coupled with, to ``until``, or as far as trips allow."""
        if self._stores[domain] in self._apart:
            self._run(self._stores[domain], until)
        else:
            self.advance(until)

    def _step(self, until: float) -> None:
        """Run coupled circles to one time before which no checker can change its mind, at most ``until``.

        What is called meanwhile is known: it follows from what was committed before the relays' last tick.
        At least one ns: a trip at its beginning comes after what happens at that time on the data path, which
        it cannot change at once.
        """
        sure = min(store.data.sure_until() for store in self._coupled)
        tick = min((foresight.next_tick(self._together) for foresight in self._foresights), default=inf)
        bound = min(until, tick, max(sure, self._together + 1))
        for foresight in self._foresights:
            if sure > self._together:
                foresight.foresee(self._together, int(bound))
            else:
                foresight.pull(int(bound))
        stopped = [self._run(store, bound) for store in self._coupled]
        self._together = int(min(bound, *stopped))

    def _run(self, store: DomainStore, until: float) -> float:
        """Run one circle to ``until``; return the time of the trip that stopped it, infinity if none did."""
        if store.trip_waits or store.data.position >= until:
            return inf
        tripped = store.data.advance(int(until), partial(self._full, store.name))
        if tripped is None:
            return inf
        store.trip_waits, at = True, store.data.position
        self._clock.call(f"trip/{store.name}", at, partial(store.tripped, tripped), REST)
        return at
