"""The data path of one domain: what is pulled along together, and how it speaks to its parts."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from sim.core import dials as d
from sim.core.identity import lsn_of
from sim.engine.circle.layout import WRITE
from sim.journal.recorder import Table
from sim.models.bus.bus import Batch, Bus
from sim.models.bus.calls import Calls, Handler
from sim.models.bus.cluster import Cluster
from sim.models.bus.consumer import Consumer
from sim.models.bus.foresight import Foresight
from sim.models.bus.mirror import Jitters, Mirror
from sim.models.bus.offsets import Offsets
from sim.models.bus.origins import Origins
from sim.models.bus.reader import Reader
from sim.models.bus.relay import Relay
from sim.models.bus.relay_crash import crash
from sim.models.dials import Strike
from sim.models.setting import Setting
from sim.models.store.domain import Domain
from sim.spec.bus.consumer import Consumer as Spec
from sim.spec.bus.handlers import CLIENTS, called_by


class Part(Protocol):
    """What else lives on a domain's data path (the stream job, tables, sync): how the path speaks to it."""

    def advance(self, until: int) -> None:
        """Everything strictly before ``until`` has happened on the bus; so does it here."""

    def changed(self, cause: int | None) -> None:
        """Something in the world has changed now (overlays put on or taken off, node up, promotion)."""

    def lost(self, region: str, cause: int | None) -> None:
        """A region's data is lost now; comes before ``changed``."""

    def needs(self, region: str) -> int | None:
        """Return the first position of ``bus/<region>`` it may still ask for, None if none ever."""

    def rows(self) -> dict[str, Table]:
        """Return the journal's new rows by table name; those at the settled time or later stay."""

    def final(self) -> dict[str, Table]:
        """Return the tables of the last slice."""


class Caller(Protocol):
    """What calls a domain beside handlers: a replay into it."""

    @property
    def waits(self) -> bool:
        """Whether it has yet to begin."""

    @property
    def busy(self) -> bool:
        """Whether it calls by itself."""

    def advance(self, until: int) -> None:
        """Call what is due strictly before ``until``."""


class Path:
    """One domain's relay, buses, mirrors and consumers. ``buses``: region -> its bus; ``parts``: what else.

    ``targets``: the domains that handlers may call. ``callers``: what calls them, which is pulled ahead.
    ``hold``: a fault can take away rows that became visible up to so long ago, ns.
    """

    def __init__(
        self,
        setting: Setting,
        clusters: dict[str, Cluster],
        jitters: Jitters,
        *,
        hold: int,
        targets: Mapping[str, Domain],
    ) -> None:
        scenario, control = setting.scenario, setting.control
        assert scenario.bus is not None, "there is a data path if there is a bus"
        self.setting = setting
        self.buses = {
            region: Bus(region, index, clusters[region], retention=scenario.bus.retention, hold=hold)
            for index, region in enumerate(setting.network.regions)
        }
        self.relay = Relay(setting, self.buses)
        pairs = [(a, b) for a in self.buses for b in self.buses if a != b]
        self.mirrors = {(a, b): Mirror(setting, self.buses[a], self.buses[b], jitters) for a, b in pairs}
        self.offsets = Offsets(setting, self.buses, self.mirrors)
        self.start_of = self.offsets.start_of
        self.callers: list[Caller] = []
        self.origins = Origins() if called_by(scenario, setting.domain) else None
        if self.origins is not None:
            control.domain.on_commits = self.origins.take
        self.consumers = {
            name: Consumer(
                setting,
                name,
                spec,
                buses=self.buses,
                start_of=self.start_of,
                handler=self._handler(name, spec, targets),
            )
            for name, spec in scenario.consumers.items()
            if spec.of == setting.domain
        }
        readers = [consumer.reader for consumer in self.consumers.values()]
        self._calling = [reader for reader in readers if reader.handler is not None]
        self._reading = [reader for reader in readers if reader.handler is None]
        for consumer in self.consumers.values():
            self.offsets.watch(consumer.reader, consumer.spec, home=consumer.spec.region)
        self.parts: list[Part] = []
        self._advanced = self._pulled = 0
        self._foresight = (
            None if self.origins is None else Foresight(control.domain, self.relay, self.origins)
        )
        self._foreseen_from = -1  # what has been pulled when the foresight began
        self._held: dict[str, Table] = {}  # rows of a time to come, by table
        self._listen()
        self._look(None)

    def _listen(self) -> None:
        dials, domain = self.setting.dials, self.setting.domain
        dials.listen(d.RELAY_CRASH, domain, struck=self._relay_crash)
        for region in self.buses:
            dials.listen(d.BUS_DATA, region, struck=self._bus_struck)
            dials.listen(d.BUS_WIRE, region)  # mirrors read it, as far as there are any
            dials.listen(d.RETENTION, domain, region)

    def _handler(self, name: str, spec: Spec, targets: Mapping[str, Domain]) -> Handler | None:
        """Return what makes a consumer a handler, None if it is none."""
        if spec.writes is None:
            return None
        assert self.origins is not None, "kept for handlers"
        streams = self.setting.control.domain.streams
        caller = None if spec.on == CLIENTS else spec.on
        wanted = np.array([s.kind == WRITE and s.fed_by == caller for s in streams])
        return Handler(Calls(targets[spec.writes], name), self.origins, wanted)

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self, until: int, *, ended: int | None = None) -> None:
        """Bring everything up to ``until``. The domain's circle must have been advanced so far.

        ``ended``: how far the circles of other domains have been advanced, None if so far too.
        """
        self.pull(until)
        for reader in self._calling:
            reader.save(until if ended is None else min(until, ended))
        if until <= self._advanced:
            return
        for reader in self._reading:
            reader.advance(until)
        for part in self.parts:
            part.advance(until)
        self._advanced = until

    def pull(self, until: int) -> None:
        """Bring the events up to ``until``, and the calls that are made of them.

        The circle must have been advanced to the last tick of the relay before that, and nothing else may
        change before ``until``.
        """
        self.setting.control.domain.take_commits()
        self.relay.take()  # also if events have been pulled before the circle came so far
        if until <= self._pulled:
            return
        published = self.relay.advance(until)
        batches: dict[str, list[Batch]] = {region: [] for region in self.buses}
        if published is not None:
            batches[self.relay.process.region].append(published)
        for (_, target), mirror in self.mirrors.items():
            batches[target].append(mirror.advance(until))
        for region, bus in self.buses.items():
            bus.merge(batches[region])
        for reader in self._calling:
            reader.serve(until)
        for caller in self.callers:
            caller.advance(until)
        self._pulled = until

    def foresee(self, now: int, until: int) -> None:
        """Feed the calls that are made strictly before ``until``. As for ``pull``; circles are at ``now``.

        Whatever changes something pulls the path to that moment first: if nobody has, nothing has changed.
        """
        assert self._foresight is not None, "there are calls"
        if self._foreseen_from == self._pulled and self._foresight.look(until):
            return
        self.pull(now)
        found = self._foreseeable()
        if found is None:
            self.pull(until)
            return
        self._foresight.begin(*found)
        self._foreseen_from = self._pulled
        there = self._foresight.look(until)
        assert there, "room was made"

    def _foreseeable(self) -> tuple[Bus, list[Reader]] | None:
        """Return the bus that handlers read, and their readers; None if more than the relay adds to it."""
        readers = [reader for reader in self._calling if reader.works]
        relay = self.relay
        bus = readers[0].bus if readers else self.buses[relay.process.region]
        if any(reader.bus is not bus for reader in readers) or any(caller.busy for caller in self.callers):
            return None
        if relay.process.running and not (relay.steady and relay.process.region == bus.region):
            return None
        if not all(mirror.idle for (_, to), mirror in self.mirrors.items() if to == bus.region):
            return None
        return bus, readers

    def advance_to_now(self) -> None:
        """Bring everything to now."""
        self.advance(self.setting.now)

    # --- what happens to it ---------------------------------------------------------------------------------

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now, to which it has been advanced."""
        self._look(cause)
        for part in self.parts:
            part.changed(cause)

    def _look(self, cause: int | None) -> None:
        base = self.setting.scenario.bus
        assert base is not None, "there is a data path"
        for region, bus in self.buses.items():
            least = self.setting.dials.value(d.RETENTION, self.setting.domain, region, base=base.retention)
            bus.retention = (least, base.retention)
        self.relay.process.look(cause)
        for mirror in self.mirrors.values():
            mirror.look(cause)
        for consumer in self.consumers.values():
            consumer.look(cause)

    def closed(self, region: str) -> None:
        """Partitions of a region's bus have no leader from now on."""
        if region == self.relay.process.region:
            self.relay.closed()

    def opened(self, region: str) -> None:
        """Partitions of a region's bus are available again from now on."""
        now = self.setting.now
        if region == self.relay.process.region:
            self.relay.opened(now)
        for (source, _), mirror in self.mirrors.items():
            if source == region:
                mirror.opened(now)
        for reader in self.offsets.readers():
            if reader.bus.region == region:
                reader.opened(now)

    def _bus_struck(self, strike: Strike) -> None:
        """What a region holds survives, or is lost now."""
        (region,) = strike.of
        if strike.value == "lost":
            self.buses[region].lose_all(self.setting.now)
            for part in self.parts:
                part.lost(region, strike.cause)

    def _relay_crash(self, strike: Strike) -> None:
        self.setting.clock.run(crash(self.relay, self.setting, strike.fault, strike.cause))

    # --- the journal ----------------------------------------------------------------------------------------

    def rows(self, until: int, *, last: bool) -> dict[str, Table]:
        """Return the journal's new rows before ``until``, and forget what nobody asks for any more.

        Rows of later times, of what was pulled ahead, come with a later slice.
        ``last``: the run is over; with the tables of what had not arrived.
        """
        found = [self._rows(), *([self._final()] if last else [])]
        for part in self.parts:
            found += [part.rows(), *([part.final()] if last else [])]
        self._drop()
        tables, self._held = self._held, {}
        for name, table in (item for tables_of_one in found for item in tables_of_one.items()):
            if len(next(iter(table.values()))):
                tables[name] = _joined(tables[name], table) if name in tables else table
        return tables if self._pulled <= until else self._until(tables, until)

    def _until(self, tables: dict[str, Table], until: int) -> dict[str, Table]:
        """Hold back what happens at ``until`` or later; return the rest."""
        out: dict[str, Table] = {}
        for name, table in tables.items():
            count = len(next(iter(table.values())))
            # a table without times tells how long something lasted, which is over
            certain = int(np.searchsorted(table["at_ns"], until)) if "at_ns" in table else count
            if certain:
                out[name] = {column: values[:certain] for column, values in table.items()}
            if certain < count:
                self._held[name] = {column: values[certain:] for column, values in table.items()}
        return out

    def _rows(self) -> dict[str, Table]:
        tables: dict[str, Table] = {}
        for bus in self.buses.values():
            tables |= bus.take_rows()
        for (a, b), mirror in self.mirrors.items():
            skipped = mirror.take_skipped()
            if skipped is not None:
                tables[f"skipped/mirror/{a}/{b}"] = skipped
        for name, consumer in self.consumers.items():
            tables[f"consumed/{name}"], tables[f"skipped/{name}"] = consumer.reader.take_rows()
            tables[f"placed/{name}"] = _placed(consumer.placed)
            if consumer.reader.handler is not None:
                tables[f"handled/{name}"] = consumer.reader.handler.calls.table()
        tables["placed/relay"] = _placed(self.relay.placed)
        return tables

    def _drop(self) -> None:
        self.relay.drop()
        settled = self.setting.control.domain.settled
        for region, bus in self.buses.items():
            carried = [mirror.low() for (source, _), mirror in self.mirrors.items() if source == region]
            asked = [bus.end, *self.offsets.low(region)]
            asked += [need for part in self.parts if (need := part.needs(region)) is not None]
            bus.drop(min(asked), min(carried, default=bus.own.end), settled)
        if self.origins is not None and not any(caller.waits for caller in self.callers):
            held = [bus.versions(bus.base, bus.end) for bus in self.buses.values()]
            gone = self.origins.drop([*held, *self.relay.snapshots()], self.relay.lowest + 1)
            for reader in self._calling if gone.size else ():
                assert reader.handler is not None, "one that calls"
                reader.handler.calls.never_again(gone)

    def _final(self) -> dict[str, Table]:
        unsent = self.relay.unsent()["version"]
        there = lsn_of(unsent) <= self.setting.control.domain.last_held
        tables: dict[str, Table] = {"unsent/relay": {"version": unsent[there]}}
        for name, consumer in self.consumers.items():
            tables[f"unread/{name}"] = consumer.reader.unread_table()
        for (a, b), mirror in self.mirrors.items():
            for what, table in mirror.under_way().items():
                tables[f"{what}/mirror/{a}/{b}"] = table
        return tables


def _joined(first: Table, second: Table) -> Table:
    return {name: np.concatenate([first[name], second[name]]) for name in first}


def _placed(rows: list[tuple[int, int, int]]) -> Table:
    """Return the table of rows (when, region, position), and empty the list."""
    columns = np.array(rows, np.int64).reshape(-1, 3)
    rows.clear()
    return {
        "at_ns": columns[:, 0].copy(),
        "region": columns[:, 1].astype(np.int16),
        "position": columns[:, 2].copy(),
    }
