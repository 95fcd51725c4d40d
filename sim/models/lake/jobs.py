"""The scheduled jobs of the lakehouse: from the new commits of one zone one commit of the next."""

import math
from functools import partial

from sim.core import dials as d
from sim.core.stages import stage_of
from sim.engine.clock import Steps
from sim.models.component import Component
from sim.models.dials import Strike
from sim.models.lake.tables import Due, ZoneTable, ZoneTables, joined, tables_log
from sim.models.process import Process
from sim.models.setting import ModelSetting
from sim.spec.lake.lake import Job as Rules


class TableJob(Component):
    """One table job of a domain. It reads ``source`` and writes ``zone``, both in the region where it is.

    ``read``: how many commits of its input it has read, those of its last commit included.
    """

    def __init__(
        self, setting: ModelSetting, tables: ZoneTables, *, source: str, zone: str, home: str, rules: Rules
    ) -> None:
        self.name, self.domain = f"{setting.domain}/{zone}", setting.domain
        self.inputs, self.outputs = (tables_log(setting.domain, source),), (tables_log(setting.domain, zone),)
        self.read = 0
        self.process = Process(setting, self.name, home, restart=rules.restart, works=self)
        self._setting, self._tables, self._rules = setting, tables, rules
        self._source, self._zone = source, zone
        self._rounds = 0  # begun so far
        self._round: Due | None = None  # the commit of the round under way
        self._appeared = -1  # when its last commit did, ns
        setting.dials.listen(d.BUS_DATA, struck=self._struck)
        setting.clock.run(self._ticks())

    @property
    def input(self) -> ZoneTable:
        """The table that it reads."""
        return self._tables.of[self._source][self.process.region]

    @property
    def output(self) -> ZoneTable:
        """The table that it writes."""
        return self._tables.of[self._zone][self.process.region]

    @property
    def waits(self) -> bool:
        """Whether there are commits of its input that no round has taken."""
        return self.input.count > (self.read if self._round is None else self._round.read)

    # --- a round --------------------------------------------------------------------------------------------

    def _ticks(self) -> Steps:
        clock = self._setting.clock
        while True:
            yield clock.sleep(self.process.name, self._rules.interval)
            free = self._round is None and self._appeared < clock.now
            if free and self.process.used(clock.now):
                self._begin(clock.now)

    def _begin(self, now: int) -> None:
        """Take the commits that are new; without any, the tick passes."""
        end = self.input.visible(now)
        parts = [part for n in range(self.read, end) for part in self.input.get(n).ranges]
        if end <= self.read:
            return
        rows = sum(part.end - part.begin for part in parts)
        rid, self._rounds = self._rounds, self._rounds + 1
        base = self._setting.draw(self.process.name, self._rules.base, stage_of(self._zone).draw, rid=rid)
        at = now + base + math.floor(self._rules.per_row * rows + 0.5)
        self._round = Due(at, joined(parts), end, self._seen)
        self._setting.clock.call(self.process.name, at, partial(self._end, self._round))

    def _end(self, due: Due) -> None:
        if self._round is due:
            self._tables.publish(self.output, due)

    def _seen(self) -> None:
        assert self._round is not None, "what appears is the commit of the round under way"
        self.read, self._round, self._appeared = self._round.read, None, self._setting.now

    # --- what happens to it ---------------------------------------------------------------------------------

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        self.process.look(cause)

    def _struck(self, strike: Strike) -> None:
        """With a region's data its tables are lost."""
        if strike.of[0] == self.process.region and strike.value == "lost":
            self.read = 0

    def needs(self, log: str) -> int:  # noqa: ARG002  # it has one input
        """Return the first commit that it has not read."""
        return self.read

    # --- its process ----------------------------------------------------------------------------------------

    def halt(self, now: int) -> None:  # noqa: ARG002  # as every process is told
        """Forget the round under way; its commit will not appear."""
        if self._round is not None:
            self._tables.withdraw(self._round)
            self._round = None

    def resume(self, now: int) -> None:
        """Nothing to do: the next tick begins a round."""

    def pace(self, now: int) -> None:
        """Nothing to do: a pause lets ticks pass and does not stop a round."""

    def move(self, region: str) -> None:
        """Go on in another region, behind what is known there to have been read, and is there."""
        self.process.move(region)
        output = self.output
        last = output.get(output.count - 1).read if output.count else 0
        self.read = min(last, self.input.count)
