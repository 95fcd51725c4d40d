"""The brokers of a region's bus: who leads which partition, and which partitions have no leader."""

from dataclasses import dataclass

import numpy as np


@dataclass
class _Election:
    broker: int
    partitions: np.ndarray  # bool by partition: those the broker led when the fault struck
    over: bool = False


class Cluster:
    """The brokers of one region, shared by all domains. ``closed``: bool by partition, no leader now."""

    def __init__(self, region: str, *, partitions: int, brokers: int) -> None:
        self.region = region
        self.closed = np.zeros(partitions, np.bool_)
        self.elections = 0  # drawn so far
        self._brokers = brokers
        self._faults: dict[str, _Election] = {}

    def strike(self, fault: str, broker: int) -> np.ndarray:
        """A broker loses what it leads; return these partitions (bool by partition), closed from now on."""
        leaders = np.array([self._leader(partition) for partition in range(self.closed.size)])
        led: np.ndarray = leaders == broker
        self._faults[fault] = _Election(broker, led)
        self._close()
        return led

    def led(self, fault: str) -> np.ndarray:
        """Return what the broker that a fault struck led then, bool by partition."""
        return self._faults[fault].partitions

    def elected(self, fault: str) -> bool:
        """The election that a fault caused is over: the next broker leads; return whether it was on."""
        election = self._faults.get(fault)
        if election is None or election.over:
            return False
        election.over = True
        self._close()
        return True

    def heal(self, fault: str) -> bool:
        """The broker leads again; return whether its election was still on."""
        was_on = self.elected(fault)
        del self._faults[fault]
        return was_on

    def _close(self) -> None:
        self.closed[:] = False
        for election in self._faults.values():
            if not election.over:
                self.closed |= election.partitions

    def _leader(self, partition: int) -> int:
        """Return the broker that leads a partition: the first in turn that has not handed over."""
        leader = partition % self._brokers
        handed_over = {election.broker for election in self._faults.values() if election.over}
        for _ in range(self._brokers):
            if leader not in handed_over:
                break
            leader = (leader + 1) % self._brokers
        return leader
