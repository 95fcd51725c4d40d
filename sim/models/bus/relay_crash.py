"""The crash of a relay between publishing and saving its position."""

from sim.core import dials as d
from sim.engine.clock import START, Steps
from sim.models.bus.relay import Relay
from sim.models.component import Component
from sim.models.dials import Strike
from sim.models.setting import ModelSetting


class RelayCrasher(Component):
    """Stops a relay 1 ns after the last completion of the first round that begins in a fault's time."""

    def __init__(self, setting: ModelSetting, relay: Relay) -> None:
        self.name, self.domain = f"{relay.name}/crash", setting.domain
        self._setting, self._relay = setting, relay
        setting.dials.listen(d.RELAY_CRASH, setting.domain, struck=self._struck)

    def _struck(self, strike: Strike) -> None:
        self._setting.clock.run(self._crash(strike.fault, strike.cause))

    def _in_force(self, fault: str) -> bool:
        return fault in self._setting.dials.by(d.RELAY_CRASH, self._setting.domain)

    def _crash(self, fault: str, cause: int) -> Steps:
        """A round that something else ends first does not count."""
        setting, relay, clock, begin = self._setting, self._relay, self._setting.clock, self._setting.now
        while self._in_force(fault):
            tick = -(-max(clock.now, 1) // relay.interval) * relay.interval
            yield clock.sleep(relay.process.name, tick + 1 - clock.now)  # what began at the tick is under way
            setting.advance()
            while self._in_force(fault) and relay.round_at is not None and relay.round_at >= begin:
                due, change = relay.last_completion(), setting.change()
                if due is None:
                    yield change
                    setting.advance()
                    continue
                yield clock.either(change, clock.sleep(f"fault/{fault}", due + 1 - clock.now, START))
                setting.advance()
                if clock.now > due and self._in_force(fault) and relay.process.running:
                    setting.dials.hits[fault] += 1
                    relay.process.fail("it died before its position was saved", cause)
                    return
