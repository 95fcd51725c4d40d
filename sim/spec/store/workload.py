"""The load on a domain: arrivals, keys, sessions, and how clients try again."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.identity import LIMITS
from sim.spec.model import MS, Model, S
from sim.spec.types import Duration, FilePath, Fraction, Multiple, Origin, Positive, Rate


class Poisson(Model):
    """Independent arrivals."""

    kind: Literal["poisson"] = "poisson"


class Constant(Model):
    """Evenly spaced arrivals."""

    kind: Literal["constant"] = "constant"


class Diurnal(Model):
    """Poisson arrivals with a daily cosine."""

    kind: Literal["diurnal"] = "diurnal"
    amplitude: Annotated[Fraction, Field(lt=1)]
    period: Positive = 86_400 * S
    peak: Duration = 0
    step: Positive = 60 * S


class Bursty(Model):
    """Poisson arrivals that alternate between calm and burst, exponential lengths."""

    kind: Literal["bursty"] = "bursty"
    factor: Multiple
    calm: Positive
    burst: Positive


class TraceColumns(Model):
    """The columns of a recorded load by what they are; those not named are ignored."""

    time: str
    client: str | None = None
    kind: str | None = None
    count: str | None = None
    rate_per_s: str | None = None


class Trace(Model):
    """A recorded load, CSV or Parquet: ``time_s`` and, optional, ``client``, ``kind``, ``count``.

    Other forms, units and names of columns: docs/files.md.
    """

    kind: Literal["trace"] = "trace"
    file: FilePath
    sha256: str | None = None  # of the file; filled in by resolve, checked when given
    columns: TraceColumns | None = None
    unit: Literal["s", "ms", "us", "ns", "iso8601"] | None = None  # None: the column's name says it
    origin: Origin | None = None  # what is time 0 of the run; None: 0
    interval: Duration = 0  # how long a row lasts
    scale: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    repeat: Annotated[Duration, Field(gt=0)] | None = None


Arrivals = Annotated[Poisson | Constant | Diurnal | Bursty | Trace, Field(discriminator="kind")]


class Keys(Model):
    """How many keys a store has and how skewed their use is (Zipf exponent; 0 is uniform)."""

    count: Annotated[int, Field(ge=1, le=LIMITS["keys"])] = 10_000
    zipf: Annotated[float, Field(ge=0, le=1000)] = 0.99  # YCSB's default


class Sessions(Model):
    """Sessions of each client region, for each domain; each works on a few keys of its own."""

    count: Annotated[int, Field(ge=1, le=LIMITS["sessions"])] = 500
    keys: Annotated[int, Field(ge=1, le=64)] = 4
    length: Positive = 600 * S  # long enough for a visit


class Retry(Model):
    """How a client waits and tries again."""

    timeout: Positive = 2 * S
    attempts: Annotated[int, Field(ge=1, le=LIMITS["attempts"])] = 3
    base: Positive = 100 * MS  # Kafka's retry.backoff.ms
    cap: Positive = 1 * S  # Kafka's retry.backoff.max.ms
    jitter: Fraction = 1.0  # 1 is "full jitter"

    @property
    def longest_ns(self) -> int:
        """The longest time (ns) an operation stays open: every attempt times out, after its longest wait."""
        waits = sum(min(self.cap, self.base * 2 ** min(k - 1, 40)) + 1 for k in range(1, self.attempts))
        return int(self.attempts * self.timeout + waits)


class Workload(Model):
    """The load on one domain over all clients."""

    writes: Rate = 0.0
    reads: Rate = 0.0
    arrivals: Arrivals = Poisson()
    keys: Keys = Keys()
    sessions: Sessions = Sessions()
    retry: Retry = Retry()
