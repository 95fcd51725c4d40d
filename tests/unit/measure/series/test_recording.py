"""Recorded series are what the journal says at each moment, worked out again row by row."""

from collections import deque
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from sim.core.identity import lsn_of, timeline_of
from sim.journal.schema import OK, READ, WRITE
from sim.measure.series.moments import kept, moments_of
from sim.spec.loader import load
from sim.spec.resolve import resolve
from sim.spec.shipped import found
from sim.trial import run, run_tables

STORES = ("failover/split-brain", "failover/ghosts", "lag/replica-paused-then-lost")
PATH = "lag/rebalance-storm"
LOOKS = 30
NS = 1e9


def run_of(name):
    """A resolved scenario, what was recorded of its run, and the whole journal of the same run."""
    resolved = resolve(load(str(found(name))))
    return resolved, run(resolved, record=True).recorded, run_tables(resolved, 0)


@pytest.fixture(scope="module", params=STORES)
def both(request):
    """Runs in which primaries are replaced."""
    return run_of(request.param)


def looks(recorded):
    """Some moments, by their numbers; the same each time."""
    return sorted(Random(7).sample(range(len(recorded.at_s)), min(LOOKS, len(recorded.at_s))))


class Standing:
    """A store strictly before a moment: its line (lsn -> version, commit time), and how far each node is."""

    def __init__(self, resolved, store):
        database = resolved.databases[store]
        self.regions, self.primary, self.timeline = sorted(resolved.regions), database.primary, 1
        self.line, self.reach = {}, dict.fromkeys([database.primary, *database.replicas], 0)

    def cut(self, row):
        """A promotion, or a destruction, which has no node."""
        self.timeline = row["timeline"]
        self.line = {lsn: made for lsn, made in self.line.items() if lsn <= row["cut"]}
        self.reach = {region: min(has, row["cut"]) for region, has in self.reach.items()}
        if row["node"] >= 0:
            self.reach[self.primary], self.primary = row["cut"], self.regions[row["node"]]

    def commit(self, version, at_ns):
        """A commit, perhaps of a timeline that is abandoned."""
        if timeline_of(version) == self.timeline:
            self.line[lsn_of(version)] = version, at_ns

    def receive(self, region, version):
        """A record at a node, perhaps one that is abandoned."""
        if self.line.get(lsn_of(version), (None,))[0] == version:
            self.reach[region] = max(self.reach[region], lsn_of(version))


def events(store, tables):
    """What happens to a store, in order: (time, whether it is seen at that time already, act, arguments)."""
    found = []
    for name, table in tables.items():
        stage, _, region = name.partition("/")
        columns = [column.tolist() for column in table.values()]
        if stage == "cuts":
            rows = zip(*columns, strict=True)
            found += [(row[0], 0, store.cut, (dict(zip(table, row, strict=True)),)) for row in rows]
        elif stage == "commits":
            rows = zip(table["version"].tolist(), table["commit_ns"].tolist(), strict=True)
            found += [(at_ns, 1, store.commit, (version, at_ns)) for version, at_ns in rows]
        elif stage in ("received", "copied"):
            rows = zip(table["at_ns"].tolist(), table["version"].tolist(), strict=True)
            found += [(at_ns, 2, store.receive, (region, version)) for at_ns, version in rows]
    return sorted(found, key=lambda event: event[:2])


def standings(resolved, name, tables, moments):
    """Yield (moment, the store then): cuts until then, rows strictly before; moments rise."""
    store = Standing(resolved, name)
    ahead = deque(events(store, tables))
    for moment in moments:
        while ahead and (ahead[0][0] < moment or (ahead[0][0] == moment and ahead[0][1] == 0)):
            _, _, act, arguments = ahead.popleft()
            act(*arguments)
        yield moment, store


def test_lags_are_what_standbys_have_not_received(both):
    """Records behind and the age of the oldest, of every standby at random moments."""
    resolved, recorded, journal = both
    places = looks(recorded)
    moments = [round(recorded.at_s[place] * NS) for place in places]
    for store, tables in journal["tables"].items():
        for place, (moment, now) in zip(places, standings(resolved, store, tables, moments), strict=True):
            for region, has in now.reach.items():
                missing = [at for lsn, (_, at) in now.line.items() if lsn > has]
                behind = recorded.series[f"behind/{store}/{region}"].values[place]
                age_s = recorded.series[f"lag/{store}/{region}"].values[place]
                if region == now.primary:
                    assert (behind, age_s) == (None, None)
                else:
                    assert behind == len(missing)
                    assert age_s == pytest.approx((moment - min(missing, default=moment)) / NS, abs=1e-6)


def test_requests_are_those_that_ended_between_two_moments(both):
    """The share of them that ended ok, and how many of those a second."""
    _, recorded, journal = both
    for store, tables in journal["tables"].items():
        ops = tables["ops"]
        for kind, code in (("read", READ), ("write", WRITE)):
            share, rate = (recorded.series[f"{what}/{store}.{kind}"].values for what in ("ok", "rate"))
            for place in looks(recorded):
                if place:
                    first, last = (round(recorded.at_s[p] * NS) for p in (place - 1, place))
                    own = (ops["kind"] == code) & (ops["end_ns"] >= first) & (ops["end_ns"] < last)
                    ok = int((own & (ops["outcome"] == OK)).sum())
                    assert rate[place] == pytest.approx(ok / (last - first) * NS, abs=1e-5)
                    assert share[place] == (pytest.approx(ok / own.sum(), abs=1e-6) if own.any() else None)


def test_ages_are_those_of_the_oldest_that_had_not_arrived():
    """Of the bus and of a consumer, where nobody is promoted and nothing is skipped."""
    resolved, recorded, journal = run_of(PATH)
    regions = sorted(resolved.regions)
    for store, tables in journal["tables"].items():
        commits, primary = tables["commits"], resolved.databases[store].primary
        rows = {region: tables.get(f"bus/{region}") for region in regions}
        arrived = {f"{store}.events": (rows[primary]["version"], rows[primary]["at_ns"])}
        for consumer, spec in resolved.consumers.items():
            if spec.of == store:
                read = tables[f"consumed/{consumer}"]
                versions = [
                    rows[regions[r]]["version"][p]
                    for r, p in zip(read["region"], read["position"], strict=True)
                ]
                arrived[f"{store}.{consumer}"] = (np.array(versions), read["at_ns"])
        for capability, (versions, at_ns) in arrived.items():
            for place in looks(recorded):
                moment = round(recorded.at_s[place] * NS)
                made = commits["commit_ns"] < moment
                late = made & ~np.isin(commits["version"], versions[at_ns < moment])
                oldest = commits["commit_ns"][late].min() if late.any() else moment
                value = recorded.series[f"age/{capability}"].values[place]
                assert value == pytest.approx((moment - oldest) / NS, abs=1e-6)


def test_moments_lie_closer_where_something_happens():
    """The moment at which something is seen is kept, and those after it are closer than elsewhere."""
    moments = moments_of(2 * 3600 * 10**9)
    happened = 1800 * 10**9 + 1
    found = moments[kept(moments, [happened])].tolist()
    first = next(at for at in found if at >= happened)
    assert first == next(at for at in moments.tolist() if at >= happened)
    after = [b - a for a, b in pairwise(found) if first <= a < first + 10**9]
    assert after
    assert max(after) < (found[1] - found[0]) / 8
    assert len(found) < len(moments) / 8


@pytest.mark.parametrize("duration_ns", [1, 10**8, 60 * 10**9, 12 * 3600 * 10**9])
def test_there_are_moments_in_every_run(duration_ns):
    """Also in one of a nanosecond; never more than the most that there may be."""
    moments = moments_of(duration_ns)
    assert 0 < len(moments) <= 20_000
    assert kept(moments, [])[0] == 0
    assert kept(moments, [duration_ns])[-1] == len(moments) - 1
