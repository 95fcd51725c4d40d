"""The crash of a relay between publishing and saving its position."""

from sim.core import dials as d
from sim.engine.clock import START, Steps
from sim.models.bus.relay import Relay
from sim.models.setting import Setting


def crash(relay: Relay, setting: Setting, fault: str, cause: int) -> Steps:
    """Stop the relay 1 ns after the last completion of the first round that begins from now on.

    As long as the fault is in force. A round that something else ends first does not count.
    """
    clock, begin = setting.clock, setting.now

    def in_force() -> bool:
        return fault in setting.dials.by(d.RELAY_CRASH, setting.domain)

    while in_force():
        tick = -(-max(clock.now, 1) // relay.interval) * relay.interval
        yield clock.sleep(relay.process.name, tick + 1 - clock.now)  # what began at the tick is under way
        setting.advance()
        while in_force() and relay.round_at is not None and relay.round_at >= begin:
            due = relay.last_completion()
            change = clock.signal()
            setting.control.changed.append(change)
            if due is None:
                yield change
                setting.advance()
                continue
            yield clock.either(change, clock.sleep(f"fault/{fault}", due + 1 - clock.now, START))
            setting.advance()
            if clock.now > due and in_force() and relay.process.running:
                setting.dials.hits[fault] += 1
                relay.process.fail("it died before its position was saved", cause)
                return
