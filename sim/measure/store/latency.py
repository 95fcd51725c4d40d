"""How operations ended, and how long those that ended ok took."""

from collections.abc import Sequence

import numpy as np

from sim.core.quantity import seconds
from sim.engine.compiled import compiled
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.journal.schema import OK
from sim.measure.capability.figures import LatencyFigures, OperationFigures
from sim.measure.compiled import bucket_of
from sim.measure.store.setup import DomainSetup
from sim.stats.histogram import BUCKETS, quantile

KINDS = ("read", "write")
LEAST, GREATEST, ATTEMPTS = range(3)
U = np.uint64  # of places in arrays: a signed number is looked at for being negative


@compiled
def count(send, end, kind, outcome, client, attempts, warmup_ns, counts, ended, limits, histogram):
    """Count rows by (client, kind, outcome), all ends by (client, kind).

    And the time from first send to end of those that ended ok.
    """
    for i in range(len(send)):
        k, c = U(kind[i]), U(client[i])
        ended[c, k] += 1
        if send[i] < warmup_ns:
            continue
        counts[c, k, U(outcome[i])] += 1
        limits[k, U(ATTEMPTS)] += attempts[i]
        if outcome[i] == OK:
            took = end[i] - send[i]
            histogram[k, U(bucket_of(took))] += 1
            if took < limits[k, U(LEAST)]:
                limits[k, U(LEAST)] = took
            if took > limits[k, U(GREATEST)]:
                limits[k, U(GREATEST)] = took


class Latency:
    """Reducer of ``ops`` and ``open`` of one domain."""

    def __init__(self, setup: DomainSetup) -> None:
        self._setup = setup
        clients = len(setup.clients)
        self.ended = np.zeros((clients, 2), np.int64)  # warm-up included: conservation needs every one
        self.open = np.zeros((clients, 2), np.int64)
        self._open_counted = np.zeros(2, np.int64)
        self._counts = np.zeros((clients, 2, 3), np.int64)
        self._limits = np.array([[2**62, 0, 0]] * 2, np.int64)
        self._histogram = np.zeros((2, BUCKETS), np.int64)

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        if part.rows("ops"):
            ops = part.table("ops")
            columns = [ops[c] for c in ("send_ns", "end_ns", "kind", "outcome", "client", "attempts")]
            count(*columns, self._setup.warmup_ns, self._counts, self.ended, self._limits, self._histogram)
        if part.rows("open"):
            still = part.table("open")
            np.add.at(self.open, (still["client"], still["kind"]), 1)
            np.add.at(self._open_counted, still["kind"][still["send_ns"] >= self._setup.warmup_ns], 1)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Nothing to do: counts need no end."""

    def operations(self) -> dict[str, OperationFigures]:
        """Return capability -> how its operations ended."""
        return {f"{self._setup.domain}.{name}": self._ended(kind) for kind, name in enumerate(KINDS)}

    def _ended(self, kind: int) -> OperationFigures:
        ok, fail, info = self._counts.sum(axis=0)[kind].tolist()
        open_, attempts = int(self._open_counted[kind]), int(self._limits[kind, ATTEMPTS])
        return OperationFigures(ok=ok, fail=fail, info=info, open=open_, attempts=attempts)

    def figures(self) -> dict[str, LatencyFigures]:
        """Return capability -> quantiles of latency over the operations that ended ok."""
        return {f"{self._setup.domain}.{name}": self._quantiles(kind) for kind, name in enumerate(KINDS)}

    def _quantiles(self, kind: int) -> LatencyFigures:
        least, greatest = self._limits[kind, :ATTEMPTS].tolist()
        n = int(self._histogram[kind].sum())

        def slowest_of(share: float) -> float | None:
            return seconds(quantile(self._histogram[kind], share, least=least, greatest=greatest))

        return LatencyFigures(
            p50_s=slowest_of(0.5), p90_s=slowest_of(0.9), p95_s=slowest_of(0.95), p99_s=slowest_of(0.99),
            p999_s=slowest_of(0.999), max_s=seconds(greatest) if n else None, n=n,
        )  # fmt: skip
