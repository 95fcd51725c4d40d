"""When whose commits events are is forgotten, and with it the tags of the calls made of them."""

from collections.abc import Callable, Iterable, Sequence

from sim.models.bus.bus import RegionBus
from sim.models.bus.calls import Calls
from sim.models.bus.origins import Origins
from sim.models.bus.relay import Relay
from sim.models.component import Component, Needed
from sim.models.setting import ModelSetting


class Tags(Component):
    """Forgets whose commits events are, and with which tags calls were made, once nobody can ask.

    ``calls``: of the handlers of the domain's events; ``waiting()``: whether a replay that may ask for any
    has yet to begin.
    """

    def __init__(
        self,
        setting: ModelSetting,
        origins: Origins,
        buses: Iterable[RegionBus],
        relay: Relay,
        *,
        calls: Sequence[Calls],
        waiting: Callable[[], bool],
    ) -> None:
        self.name, self.domain = f"{setting.domain}/calls/tags", setting.domain
        self._origins, self._buses, self._relay = origins, list(buses), relay
        self._calls, self._waiting = calls, waiting

    def forget(self, needed: Needed) -> None:  # noqa: ARG002  # versions are asked for, not positions
        """Forget what is on no bus, and what no relay can bring again."""
        if self._waiting():
            return
        held = [bus.versions(bus.base, bus.end) for bus in self._buses]
        gone = self._origins.drop([*held, *self._relay.snapshots()], self._relay.lowest + 1)
        for calls in self._calls if gone.size else ():
            calls.never_again(gone)
