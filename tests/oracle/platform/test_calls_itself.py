"""The twin of handlers and replays gives what arithmetic gives.

A call made at t is at the node at t + 2 ms, commits at t + 7 ms and has ended at t + 9 ms.
"""

from collections import Counter

import numpy as np

from sim.journal.schema import LSN_MASK
from sim.spec.bus.replay import Replay
from sim.spec.faults import kinds as f
from sim.spec.faults.kinds import RegionOutage, ReplicationPause

from .by_hand import MS, S, in_ms, ms, reader, run


def _kill(process: str, at: float, lasts: float) -> f.ProcessKill:
    return f.ProcessKill(kind="process_kill", process=process, at=ms(at), duration=ms(lasts))


def _replay(**more) -> dict[str, Replay]:
    given = {"of": "d", "region": "a", "from": "#2", "into": "view", "rate": "100/s", "at": 1500 * MS}
    return {"heal": Replay(**{**given, **more})}


def _tags(commits: dict, handled: dict) -> list[int]:
    """Return the tags of the commits of calls, in order of commit."""
    tag = dict(zip(handled["rid"].tolist(), handled["tag"].tolist(), strict=True))
    return [tag[rid] for rid in commits["rid"].tolist() if rid in tag]


def _of(handled: dict, table: dict, column: str) -> np.ndarray:
    """Return a column of the rows that calls made."""
    return table[column][np.isin(table["rid"], handled["rid"])]


def test_a_handler_calls_for_each_write_of_a_client_and_passes_its_own():
    """Write k is handled at 205 + 100 k ms and its call commits 7 ms later; events of calls are passed as
    soon as they are there, and call nobody."""
    tables = run(consumers={"act": reader(writes="d")}, duration=2 * S).tables["d"]
    handled, commits = tables["handled/act"], tables["commits"]
    assert in_ms(handled["at_ns"])[:3] == [205, 305, 405]
    assert len(handled["rid"]) == 18
    assert in_ms(_of(handled, commits, "commit_ns"))[:3] == [212, 312, 412]
    assert handled["tag"].tolist() == commits["rid"][~np.isin(commits["rid"], handled["rid"])].tolist()[:18]
    seen = dict(zip(_positions(tables["consumed/act"]), in_ms(tables["consumed/act"]["at_ns"]), strict=True))
    assert seen[2] == tables["bus/a"]["at_ns"][2] / MS + 1  # passed when the row before, of 302 ms, is done


def _positions(table: dict) -> list[int]:
    return table["position"].tolist()


def test_a_handler_of_a_handler_takes_its_events_alone():
    """``then`` reacts to what ``act`` wrote: its tags are the rids of the calls of ``act``."""
    consumers = {"act": reader(writes="d"), "then": reader(writes="d", on="act")}
    tables = run(consumers=consumers, duration=2 * S).tables["d"]
    first, second = tables["handled/act"], tables["handled/then"]
    assert second["tag"].tolist() == first["rid"].tolist()[: len(second["tag"])]
    assert len(second["tag"]) > 10


def test_a_call_that_comes_again_commits_once_if_the_handler_is_idempotent():
    """Killed at 2.55 s the handler calls again for what it had not saved; only where it is not idempotent
    there are two commits for one tag."""
    for idempotent in (True, False):
        act = reader(writes="d", idempotent=idempotent)
        tables = run(consumers={"act": act}, faults={"k": _kill("d/act", 2550, 100)}).tables["d"]
        again = [tag for tag, times in Counter(tables["handled/act"]["tag"].tolist()).items() if times == 2]
        twice = Counter(_tags(tables["commits"], tables["handled/act"]))
        assert len(again) >= 5
        assert sorted(tag for tag, times in twice.items() if times == 2) == ([] if idempotent else again)
        versions = _of(tables["handled/act"], tables["ops"], "version").tolist()
        assert len(versions) - len(set(versions)) == (len(again) if idempotent else 0)


def test_a_position_waits_for_the_calls_before_it():
    """The call of 205 ms is open at 210 ms and ended at 214 ms: what the tick of 210 ms saves is before it,
    what one of 215 ms saves is behind it."""
    for commit, start in ((210, 0), (215, 1)):
        act = reader(writes="d", commit=commit * MS)
        tables = run(consumers={"act": act}, faults={"k": _kill("d/act", 216, 10)}, duration=1 * S).tables[
            "d"
        ]
        assert _positions(tables["placed/act"]) == [0, start], commit


def test_a_replay_hands_rows_out_at_its_rate():
    """Rows 2, 3 and 4 come 10, 20 and 30 ms after 1.5 s."""
    result = run(consumers={"view": reader()}, replays=_replay(to="#5"), duration=2 * S)
    replayed = result.tables["d"]["replayed/heal"]
    assert in_ms(replayed["at_ns"]) == [1510, 1520, 1530]
    assert _positions(replayed) == [2, 3, 4]
    ends = [at / MS for kind, at, _ in result.milestones if kind.startswith("replay.")]
    assert ends == [1500, 1530]


def test_a_replay_stands_still_with_its_region_and_takes_places_from_faults():
    """From 1 s before the outage of 1.52 s (row 4, of 602 ms): one row before it, then from 1.7 s on."""
    out = RegionOutage(kind="region_outage", region="a", at=ms(1520), duration=ms(180))
    view = {"view": reader()}
    replays = _replay(**{"from": "#0", "to": "1s before out"})
    assert _positions(run(consumers=view, faults={"out": out}, replays=replays).tables["d"]["replayed/heal"])[
        :3
    ] == [0, 1, 2]  # the outage has not started: to the end of the log
    replays = _replay(**{"from": "1s before out", "to": "#8", "at": 1600 * MS})
    replayed = run(consumers=view, faults={"out": out}, replays=replays).tables["d"]["replayed/heal"]
    assert _positions(replayed) == [4, 5, 6, 7]
    assert in_ms(replayed["at_ns"]) == [1710, 1720, 1730, 1740]
    replayed = run(consumers=view, faults={"out": out}, replays=_replay(to="#5")).tables["d"]["replayed/heal"]
    assert in_ms(replayed["at_ns"]) == [1510, 1710, 1720]


def test_a_replay_leaves_out_what_is_expired():
    """With 1 s of retention at 3 s rows visible until 2 s are expired: 18, of 2.002 s, is the first left."""
    replays = _replay(**{"from": "#0", "at": 3 * S})
    tables = run(consumers={"view": reader()}, bus={"retention": 1 * S}, replays=replays).tables["d"]
    assert _positions(tables["replayed/heal"])[0] == 18


def test_a_replay_into_the_database_calls_for_what_was_lost():
    """Of 38 events published by a, those beyond the cut of 29 are called, at the rate, and commit on the new
    timeline; with ``idempotent: false`` all 38 are."""
    failover = {"interval": 100 * MS, "timeout": 50 * MS, "failures": 2, "offset": 50 * MS}
    failover |= {"lease": 1 * S, "promotion": ms(500), "decision": ms(100)}
    pause = {"kind": "replication_pause", "database": "d", "at": ms(3000), "duration": ms(2000)}
    faults = {f"pause-{region}": ReplicationPause(region=region, **pause) for region in ("b", "c")}
    faults["out"] = RegionOutage(kind="region_outage", region="a", at=ms(4000), duration=ms(1990))
    for idempotent, first in ((True, 29), (False, 0)):
        replays = _replay(**{"from": "#0", "into": "database", "at": 7 * S, "to": "#38"})
        replays["heal"] = replays["heal"].model_copy(update={"idempotent": idempotent})
        tables = run(faults=faults, failover=failover, duration=8 * S, replays=replays).tables["d"]
        handled, commits = tables["handled/heal"], tables["commits"]
        assert tables["cuts"]["cut"].tolist() == [29]
        assert _positions(handled) == list(range(first, 38))
        assert in_ms(handled["at_ns"])[0] == 7010
        won = _of(handled, commits, "version")
        assert len(won) == 38 - first
        assert (won & LSN_MASK).min() > 29
