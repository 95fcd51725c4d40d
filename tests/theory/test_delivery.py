"""What the measures of the data path say, by arithmetic: doubles, ages, monitors, catching up."""

from typing import Any

import numpy as np
import pytest

from tests.theory.events import events, search
from tests.theory.one_store import MS, Run, S
from tests.theory.test_lake import LAKE, committed, lake
from tests.theory.test_relay import POLL

WEST = {"consumers": {"search": {"of": "orders", "region": "west", "work": "1ms", "commit": "5s"}}}


def kill(process: str, at: str) -> dict[str, Any]:
    """Return a kill of a process of ``orders`` that lasts a second."""
    return {"kind": "process_kill", "process": f"orders/{process}", "at": at, "duration": "1s"}


def polled() -> Run:
    """A polling relay crashes between the records of a round and its mark."""
    return events({"duration": "20s", **search()}, outbox=POLL, crash={"kind": "relay_crash", "at": "3200ms"})


# what was done again -> the run, how many, the first of them
DOUBLES = {
    "a round of the polling relay": (polled, 50, 300),
    "five seconds of the connector": (lambda: events(search(), kill=kill("relay", "25s")), 500, 1950),
    "five seconds of the mirror": (lambda: events(WEST, kill=kill("mirror/east/west", "25s")), 500, 1950),
    "what the group had not saved": (lambda: events(search(), kill=kill("search", "23200ms")), 350, 1950),
}


@pytest.mark.parametrize("what", DOUBLES)
def test_doubles_are_what_lay_between_the_save_and_the_death(what):
    """The consumer's duplicates are exactly what was not saved, wherever that was; nothing is lost."""
    make, count, first = DOUBLES[what]
    figures = make().figures
    found = figures["delivery"]["orders.search"]
    assert found["duplicates"]["count"] == count
    assert found["duplicates"]["witness"]["version"] & (1 << 40) - 1 == first
    assert (found["gaps"]["count"], found["ghosts"]["count"], found["orphans"]["count"]) == (0, 0, 0)
    assert figures["waterfall"]["orders"]["search"]["lost"] == 0


def test_doubles_of_an_at_least_once_job():
    """The 800 rows that appeared since the save at 30 s are twice in raw, and once where they are cleaned."""
    stream = {"mode": "at_least_once", "flush": "4s", "commit": "1s"}
    found = lake({"stream": stream}, duration="120s", kill=kill("stream", "38s")).figures["delivery"]
    assert [found[f"orders.{zone}"]["duplicates"]["count"] for zone in ("raw", "curated", "analytics")] == [
        800, 0, 0,
    ]  # fmt: skip
    assert found["orders.raw"]["duplicates"]["witness"]["version"] & (1 << 40) - 1 == 2750


def test_doubles_of_a_group_that_moves():
    """It had done 3249 and begins at the checkpoint, 2400: 849 twice; what the relay repeats in west, 2950
    to 3249, comes once more."""
    power = {"kind": "region_outage", "region": "east", "at": "33s", "duration": "10m"}
    r = events({"duration": "90s", **search(standby=["west"], takeover="15s")}, power=power)
    assert r.table("placed/search", "position").tolist() == [0, 2400]
    assert r.figures["delivery"]["orders.search"]["duplicates"]["count"] == 3249 - 2400 + 3249 - 2949
    assert r.figures["delivery"]["orders.search"]["gaps"]["count"] == 0


@pytest.mark.parametrize(
    ("of", "oldest"), [("raw", 2.5 + 10), ("curated", 15.5 + 20), ("analytics", 34.5 + 40)]
)
def test_freshness_of_a_chain_of_periodic_batches(of, oldest):
    """Q-9: the oldest state is as old as the delays along the chain and one interval of the last stage."""
    r = lake()
    assert round(r.figures["freshness"][f"lake.{of}"]["max_s"] * S) == round(oldest * S) - committed(0)


@pytest.mark.parametrize(("work", "rho"), [("2ms", 0.2), ("5ms", 0.5), ("8ms", 0.8)])
def test_a_pause_is_made_up_for_in_proportion_to_the_load(work, rho):
    """A pause of T takes T rho / (1 - rho) to work off; rounds of half a second blur that by one round."""
    pause = {"kind": "process_pause", "process": "orders/search", "at": "20s", "duration": "8s"}
    r = events({"duration": "70s", **search(work=work)}, pause=pause)
    at = r.table("consumed/search", "at_ns")
    after = at[at > 28 * S]
    idle = int(after[np.flatnonzero(np.diff(after) > int(rho * 10 * MS))[0]])
    assert 0 <= idle - 28 * S - round(8 * S * rho / (1 - rho)) <= S // 2


def test_a_monitor_of_a_mirror_shows_what_it_last_saw():
    """While the mirror stands still its lag stays at the age of its last record: 135 ms; the truth grows.

    The round at 19.5 s ends with record 1949, which came to west at 19.631 s. 20 s later 1950 arrives.
    """
    pause = {"kind": "mirror_pause", "from": "east", "to": "west", "at": "20s", "duration": "20s"}
    found = events(pause=pause).figures["monitoring"]["orders/mirror/east/west"]
    assert round(found["at_faults"]["pause"]["shown"] * S) == 19_631 * MS - committed(1949)
    assert round(found["at_faults"]["pause"]["true_age_s"] * S) == 20 * S - committed(1950)
    assert round(found["shown_max"] * S) == 40_032 * MS - committed(1950)
    assert found["true_age_max_s"] == found["shown_max"]


def test_a_monitor_of_a_replica_shows_nothing_while_nothing_comes():
    """Sending stands still from 15 s to 35 s: all that came was applied, so 0 is shown; the truth is 20 s.

    A record is received 32 ms after its commit, so 1496 was, and 1497 was not, when the pause began; the
    latter comes 2 ms + 30 ms after the end. Only when it is there and not applied yet does the lag show.
    """
    send = {"database": "orders", "region": "west", "stage": "send"}
    r = events(pause={"kind": "replication_pause", **send, "at": "15s", "duration": "20s"})
    found = r.figures["monitoring"]["orders/replica/west"]
    assert found["at_faults"]["pause"]["shown"] == 0
    assert round(found["at_faults"]["pause"]["true_age_s"] * S) == 15 * S - committed(1497)
    assert 20 * S - 40 * MS < round(found["shown_max"] * S) < 20 * S + 100 * MS
    assert 20 * S <= round(found["true_age_max_s"] * S) < 20 * S + 100 * MS


def test_a_monitor_of_a_group_counts_from_its_last_commit():
    """At 20.2 s it has done all there is, 50 rows of it since its commit at 20 s: these are shown."""
    found = events(search(), kill=kill("search", "20200ms")).figures["monitoring"]["orders/search"]
    assert found["at_faults"]["kill"]["shown"] == 50
    assert round(found["at_faults"]["kill"]["true_age_s"] * S) == 20_200 * MS - committed(2000)


def test_monitors_are_looked_at_as_every_fault_begins_even_if_nobody_knew_when():
    """A pause that begins at a drawn time and a kill when a standby lags by 3 s: each has its own figures."""
    send = {"kind": "replication_pause", "database": "orders", "region": "west", "stage": "send"}
    lags = {"metric": "replica_lag", "of": "orders/west", "above": "3s", "every": "1s"}
    kill = {"kind": "process_kill", "process": "orders/search", "when": lags, "duration": "1s"}
    r = events(search(), pause={**send, "at": {"uniform": ["14s", "16s"]}, "duration": "20s"}, kill=kill)
    (began,), (killed,) = (r.when("fault.started", f"fault/{name}") for name in ("pause", "kill"))
    found = r.figures["monitoring"]["orders/replica/west"]["at_faults"]
    assert list(found) == ["pause", "kill"]
    # as the pause began the oldest missing was on the wire or not sent; later what had been sent has come
    for fault, at_ns, took in (("pause", began, 32 * MS), ("kill", killed, 2 * MS)):
        first = next(n for n in range(3000) if committed(n) + took >= began)
        assert found[fault]["shown"] == 0
        assert round(found[fault]["true_age_s"] * S) == at_ns - committed(first)


def test_refreshes_show_what_was_there():
    """Dashboards look every 30 s at an analytics table that is renewed at 44 s, 84 s, ...: at most 110 s old.

    What the commit at 44 s shows, up to the round before 30 s, is shown from 60 s to 90 s.
    """
    there = {
        "lake": LAKE, "bus": {"mirror": {"share": 0.25}}, "duration": "200s",
        "insights": {"sales": {"reads": ["orders"], "regions": ["east"], "refresh": "30s"}},
    }  # fmt: skip
    r = events(there)
    first = [int(end) for end in r.table("analytics/east", "end")]
    age = r.figures["freshness"]["dashboard.sales"]["max_s"]
    seen = {60: first[0], 90: first[1], 150: first[2]}
    until = {60: 90, 90: 150, 150: 180}
    ages = [until[at] * S - committed(rows + 1) for at, rows in seen.items()]
    assert round(age * S) == max(ages)
