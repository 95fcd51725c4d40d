"""Milestones of the data path: processes, the lake, replays, brokers."""

from typing import ClassVar

from sim.core.milestones.declaration import (
    DECIDE,
    DETECT,
    REPAIR,
    REPLAY,
    REROUTE,
    Declaration,
    Subject,
    milestone,
)
from sim.core.record import figure


@milestone
class ProcessStopped:
    """A process of the data path stopped."""

    kind: ClassVar = Declaration("process.stopped", Subject.PROCESS, DETECT, "stops: {whole}", "{m.because}")
    because: str = figure("what stopped it, a clause")


@milestone
class ProcessStarted:
    """A process of the data path runs again."""

    kind: ClassVar = Declaration(
        "process.started", Subject.PROCESS, REPAIR, "runs again: {whole}", "{m.because}"
    )
    because: str = figure("what let it run, a clause")


@milestone
class RelayResumed:
    """The relay begins in the new primary's region."""

    kind: ClassVar = Declaration(
        *("relay.resumed", Subject.PROCESS, REROUTE, "relays publish in the new region: {whole}"),
        "it begins with record {m.first}",
    )
    first: int = figure("the first record that it publishes there")


@milestone
class ReaderMoved:
    """A reader goes on in another region."""

    kind: ClassVar = Declaration(
        *("reader.moved", Subject.PROCESS, REROUTE, "goes on elsewhere: {whole}"),
        "from {m.origin}, position {m.position}",
    )
    origin: str = figure("the region that it left")
    position: int = figure("where on the new region's bus it begins")


@milestone
class LakeMoved:
    """The lake is computed in another region."""

    kind: ClassVar = Declaration(
        *("lake.moved", Subject.LAKE, REROUTE, "the lake is computed elsewhere"),
        "it is computed in {m.region} now",
    )
    region: str = figure("where it is computed now")


@milestone
class StreamFailed:
    """The stream job failed on a poison message."""

    kind: ClassVar = Declaration(
        *("stream.failed", Subject.PROCESS, DETECT, "fails on a record: {whole}"),
        "failure {m.failure} on the poison message at position {m.position}",
    )
    failure: int = figure("so many times it has failed on this message, this one included")
    position: int = figure("where on the bus the message is")


@milestone
class ReplayStarted:
    """A replay began."""

    kind: ClassVar = Declaration(
        *("replay.started", Subject.REPLAY, DECIDE, "replay {second} begins"),
        "{m.rows} rows of bus/{m.region} into {m.into}",
    )
    rows: int = figure("rows that it reads", "rows")
    region: str = figure("whose bus it reads")
    into: str = figure("what gets them, as `stock/reserve`")


@milestone
class ReplayFinished:
    """The last of its rows is out."""

    kind: ClassVar = Declaration(
        *("replay.finished", Subject.REPLAY, REPLAY, "replay {second} is done"),
        "the last of its rows is out",
    )


@milestone
class PartitionsDown:
    """Partitions of a region's bus have no leader."""

    kind: ClassVar = Declaration(
        *("partitions.down", Subject.BUS, DETECT, "partitions without a leader in {second}"),
        "broker {m.broker} leads no more",
    )
    broker: int = figure("number of the broker that led them")


@milestone
class PartitionsUp:
    """Partitions of a region's bus have elected a leader."""

    kind: ClassVar = Declaration(
        *("partitions.up", Subject.BUS, REPAIR, "partitions have leaders again in {second}"),
        "the partitions have a leader",
    )
