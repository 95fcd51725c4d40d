"""DNS answers: which region a client group is sent to, by the health that its own checkers see."""

from collections.abc import Callable

from .clock import Clock
from .coverage import Coverage
from .probes import Checker
from .session import Keyring


class Router:
    """The authoritative answer of one (domain, client)."""

    def __init__(
        self,
        name: str,
        keyring: Keyring,
        *,
        order: list[int],
        client_return_after: int | None,
        clock: Clock,
        note: Callable,
        coverage: Coverage,
    ) -> None:
        self.name = name
        self.keyring = keyring
        self.order = order
        self.client_return_after = client_return_after
        self.clock = clock
        self.note = note
        self.coverage = coverage
        self.checkers: dict[int, Checker] = {}
        self.since = [0] * (max(order) + 1)  # how often each region changed its health

    def tripped(self, region: int, healthy: bool) -> None:
        """React to a checker of this client that changed its mind."""
        if region not in self.order:
            return
        self.since[region] += 1
        if not self._healthy(self.keyring.answer):
            self._first_healthy()
        elif healthy and self.client_return_after is not None and self._earlier(region):
            self.clock.process(self._fail_back(region, self.since[region]))

    def _healthy(self, region: int) -> bool:
        return self.checkers[region].pulse.healthy

    def _earlier(self, region: int) -> bool:
        return self.order.index(region) < self.order.index(self.keyring.answer)

    def _first_healthy(self) -> None:
        for region in self.order:
            if self._healthy(region):
                self._change(region)
                return

    def _fail_back(self, region: int, since: int):
        yield self.clock.after(self.client_return_after, self.name)
        if self.since[region] == since and self._earlier(region):
            self.coverage.client_returns += 1
            self._change(region)

    def _change(self, region: int) -> None:
        self.keyring.answer = region
        self.note("answer", self.name)
