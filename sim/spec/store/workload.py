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
    """How far the rate rises above its mean and falls below it, as a share of the mean."""
    period: Positive = 86_400 * S
    """How long a cycle is. Default: a day, as traffic has it."""
    peak: Duration = 0
    """When in the cycle the rate is greatest. Default: at its beginning."""
    step: Positive = 60 * S
    """How long the rate stays as it is before it follows the curve again. Default: a minute, in which
    a daily curve hardly moves."""


class Bursty(Model):
    """Poisson arrivals that alternate between calm and burst, exponential lengths."""

    kind: Literal["bursty"] = "bursty"
    factor: Multiple
    """How many times the rate in calm the rate in a burst is."""
    calm: Positive
    """How long a calm is on average."""
    burst: Positive
    """How long a burst is on average."""


class TraceColumns(Model):
    """The columns of a recorded load by what they are; those not named are ignored."""

    time: str
    """The column with each row's time."""
    client: str | None = None
    """The column with the client region. Without it, operations are dealt to the regions by their shares."""
    kind: str | None = None
    """The column that says read or write. Without it, all are writes."""
    count: str | None = None
    """The column with the number of operations. Without it, a row is one."""
    rate_per_s: str | None = None
    """The column with the operations a second, for as long as ``interval``. Without it, ``count`` says
    how many."""


class Trace(Model):
    """A recorded load, CSV or Parquet: ``time_s`` and, optional, ``client``, ``kind``, ``count``.

    Other forms, units and names of columns: docs/files.md.
    """

    kind: Literal["trace"] = "trace"
    file: FilePath
    """The file, relative to the scenario: CSV or Parquet."""
    sha256: str | None = None
    """The SHA-256 of its content: a file that has changed is refused. Default: ``sim resolve`` fills
    it in."""
    columns: TraceColumns | None = None
    """What its columns are called. Default: time_s, client, kind, count, rate_per_s, and no others."""
    unit: Literal["s", "ms", "us", "ns", "iso8601"] | None = None
    """The unit of its times. Default: as the column's name ends (time_ms)."""
    origin: Origin | None = None
    """Which moment of the file is the start of the run: first (its earliest row), a number in its
    unit, or a timestamp. Default: 0; timestamps need one."""
    interval: Duration = 0
    """How long a row lasts: its operations are spread evenly over it. Default: they come at once."""
    scale: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    """How many times the recorded load: 0.1 keeps every tenth operation. Default: as recorded."""
    repeat: Annotated[Duration, Field(gt=0)] | None = None
    """After how long the file begins anew, to the end of the run. Without it, the load ends with the file."""


Arrivals = Annotated[Poisson | Constant | Diurnal | Bursty | Trace, Field(discriminator="kind")]


class Keys(Model):
    """How many keys a store has and how skewed their use is (Zipf exponent; 0 is uniform)."""

    count: Annotated[int, Field(ge=1, le=LIMITS["keys"])] = 10_000
    """How many keys the store has. Default: so that sessions seldom share a key but for the popular ones."""
    zipf: Annotated[float, Field(ge=0, le=1000)] = 0.99
    """How skewed their use is: the exponent of a Zipf distribution; 0 is all alike. Default: YCSB's."""


class Sessions(Model):
    """Sessions of each client region, for each domain; each works on a few keys of its own."""

    count: Annotated[int, Field(ge=1, le=LIMITS["sessions"])] = 500
    """How many sessions each group of clients has at a time. Default: ten for each resolver
    (``gateway.resolvers``)."""
    keys: Annotated[int, Field(ge=1, le=64)] = 4
    """How many keys a session uses. Default: so few that it reads again what it wrote."""
    length: Positive = 600 * S
    """How long a user stays before another one takes the place. Default: long enough for a visit."""


class Retry(Model):
    """How a client waits and tries again."""

    timeout: Positive = 2 * S
    """How long a client waits for the answer to an attempt. Default: far above a good answer, and
    below a user's patience."""
    attempts: Annotated[int, Field(ge=1, le=LIMITS["attempts"])] = 3
    """How often an operation is sent at most. Default: so that one lost message does not fail it."""
    base: Positive = 100 * MS
    """How long the client waits before the second attempt, at most; it doubles with each. Default:
    Kafka's retry.backoff.ms."""
    cap: Positive = 1 * S
    """How long that wait can become. Default: Kafka's retry.backoff.max.ms."""
    jitter: Fraction = 1.0
    """Which part of the wait is left to chance, so that clients do not come back together. Default:
    all of it, which is known as full jitter."""

    @property
    def longest_ns(self) -> int:
        """The longest time (ns) an operation stays open: every attempt times out, after its longest wait."""
        waits = sum(min(self.cap, self.base * 2 ** min(k - 1, 40)) + 1 for k in range(1, self.attempts))
        return int(self.attempts * self.timeout + waits)


class Workload(Model):
    """The load on one domain over all clients."""

    writes: Rate = 0.0
    """How many writes all clients together send. Default: none."""
    reads: Rate = 0.0
    """How many reads all clients together send. Default: none."""
    arrivals: Arrivals = Poisson()
    """When they come. Default: independently of each other."""
    keys: Keys = Keys()
    """How many keys there are, and how skewed their use is."""
    sessions: Sessions = Sessions()
    """How many users there are at a time, and what each uses."""
    retry: Retry = Retry()
    """How clients wait and try again."""
