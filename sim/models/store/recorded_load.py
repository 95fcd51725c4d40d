"""The operations of a recorded load, as arrival times of streams (semantics, section 3)."""

from collections.abc import Iterator

import numpy as np

from sim.engine.dealing import deal
from sim.spec.scenario import Scenario
from sim.spec.store.recorded import KINDS, Load, load_of

_PART = 2**20  # operations worked out at a time, so that memory is that of their times


def arrivals(scenario: Scenario, domain: str) -> dict[str, np.ndarray]:
    """Return stream name -> its arrival times (int64 ns, ascending); empty if none are recorded."""
    load = load_of(scenario, domain)
    if load is None:
        return {}
    clients = sorted(scenario.clients)
    shares = np.array([scenario.clients[name].share for name in clients])
    parts: dict[tuple[int, int], list[np.ndarray]] = {}
    for times, who, kinds in _operations(load, shares):
        inside = times < scenario.duration
        for client, kind in _groups(who, kinds):
            mine = inside & (who == client) & (kinds == kind)
            parts.setdefault((client, kind), []).append(times[mine])
    words = {number: word for word, number in KINDS.items()}
    return {
        f"{domain}/{clients[client]}/{words[kind]}": np.sort(np.concatenate(held))
        for (client, kind), held in parts.items()
    }


def _operations(load: Load, shares: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield (time, client, kind) of the operations, in order of rows, some at a time."""
    starts = np.concatenate(([0], load.ends[:-1]))
    dealt = np.zeros(shares.size, np.int64)
    for first in range(0, load.coverage.operations, _PART):
        number = np.arange(first, min(first + _PART, load.coverage.operations))
        row = np.searchsorted(load.ends, number, side="right")
        n = load.ends[row] - starts[row]
        times = load.times_ns[row] + _parts_of(load.interval_ns, number - starts[row], n)
        if load.clients is None:
            who = np.zeros(number.size, np.int16)
            deal(shares, dealt, first, who)
        else:
            who = load.clients[row]
        kinds = np.full(number.size, KINDS["write"], np.int8) if load.kinds is None else load.kinds[row]
        yield times, who, kinds


def _parts_of(interval_ns: int, k: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return ``interval_ns * k // n``, whose product may be beyond int64."""
    parts: np.ndarray = interval_ns // n * k + interval_ns % n * k // n
    return parts


def _groups(who: np.ndarray, kinds: np.ndarray) -> list[tuple[int, int]]:
    """Return each (client, kind) that occurs."""
    codes = np.unique(who.astype(np.int64) * len(KINDS) + kinds)
    return [divmod(int(code), len(KINDS)) for code in codes]
