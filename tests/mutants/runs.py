"""What each measure says of small runs of the engine, in the numbers that a bug in a model changes.

Everything is constant, and nothing happens by chance: without a bug each number is what arithmetic says.
"""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

from sim.report.document import plain
from sim.journal.recorder import Slice
from sim.measure.measures import Measures
from sim.models.bus.foresight import Foresight
from sim.spec.scenario import Scenario
from sim.trial import run_tables
from tests.theory.events import BUS, RELAY, search
from tests.theory.one_store import merge, scenario
from tests.theory.test_handlers import QUIET, choreo_scenario
from tests.theory.test_lake import LAKE
from tests.theory.test_relay import POLL

TALLIES = ("gaps", "duplicates", "reorderings", "late", "ghosts", "orphans", "dead_letters")
ORDERS = ("stuck", "half_done", "doubled")
# The measures that must catch a bug of their own. A loss in a database always has others with it (ghosts, oversold):
# what finds it alone is in ``tests/theory/test_loss.py`` and the twin.
CAUGHT = (
    *TALLIES, *(f"orders_{kind}" for kind in ORDERS),
    "waterfall", "freshness", "refreshes", "recovery_point", "monitoring", "replays", "oversold",
)  # fmt: skip
SLACK = {"freshness": 15.0, "monitoring": 15.0}  # s: what some records more or less can change
ROWS = 1000.0  # likewise, of a lag in rows
UNLIKE = {"keys": {"count": 1 << 20, "zipf": 0}, "sessions": {"count": 1 << 16}}  # writes share hardly a key
POWER = {"kind": "region_outage", "region": "east", "at": "33302ms", "duration": "10m"}  # nothing waits to be sent
WEST = {"consumers": {"search": {"of": "orders", "region": "west", "work": "1ms", "commit": "5s"}}}


def kill(process: str, at: str) -> dict[str, Any]:
    """Return a kill of a process that lasts a second."""
    return {"kind": "process_kill", "process": process, "at": at, "duration": "1s"}


def events(patch: dict[str, Any], *, outbox: dict[str, Any] = RELAY, **faults: Any) -> Scenario:
    """Return the one store with its events."""
    orders = {"outbox": outbox, "replication": {"share": 0.25}}
    bus = {**BUS, "mirror": {**BUS["mirror"], "share": 0.25}}
    return scenario(merge({"bus": bus}, patch), orders=orders, **faults)


def lake(patch: dict[str, Any], **faults: Any) -> Scenario:
    """Return the same with all tables, and a dashboard in west that refreshes every 10 s."""
    sales = {"reads": ["orders"], "regions": ["west"], "refresh": "10s"}
    there = {"duration": "200s", "lake": merge(LAKE, patch), "insights": {"sales": sales}}
    return events(there, **faults)


def shop() -> Scenario:
    """Return orders in north and stock in east, which is lost in the middle of a burst of reservations.

    What was on its way to west has arrived, and the shelf is nearly empty.
    """
    stock = {**QUIET, "stock": {"taken_by": "reserve", "units": 1985}}
    stock["workload"] = {**stock["workload"], "keys": {"count": 1}, "retry": {"timeout": "2s", "attempts": 60}}
    return choreo_scenario(
        {
            "duration": "60s",
            "clients": {"east": None, "north": {"share": 1}},
            "databases": {"orders": {"primary": "north"}, "stock": stock},
            "consumers": {"reserved": None},
            "level": {"patience": "5s"},
        },
        reserve={"region": "north"},
        power={"kind": "region_outage", "region": "east", "at": "20400ms", "wire": "lost"},
    )


# name -> the scenario of a run in which a bug shows
CASES: dict[str, Callable[[], Scenario]] = {
    # the group dies just after it has saved its position, between two rounds: it neither misses nor repeats
    "dies": lambda: events(search(), kill=kill("orders/search", "20000100us")),
    # the primary's region is lost between two rounds; the group, in west, is not concerned
    "loses-east": lambda: events({"duration": "90s", **WEST}, outbox=POLL, power=POWER),
    # the group moves to west, to a checkpoint
    "moves": lambda: events(
        {"duration": "90s", **search(standby=["west"], takeover="15s")}, outbox=POLL, power=POWER
    ),
    # a broker that leads every partition is lost with 400 ms of events, which all readers have had
    "unclean": lambda: events(
        {"duration": "30s", "bus": {"partitions": 1, "brokers": 2}, **search()},
        unclean={
            "kind": "unclean_leader_election", "region": "east", "broker": 0, "lost": "400ms",
            "at": "20300ms", "duration": "1s",
        },
    ),
    "tables": lambda: lake({}),
    # the lake goes on in west, from what has been copied
    "lake-moves": lambda: lake(
        {"standby": ["west"], "takeover": "10s"}, power={**POWER, "at": "111302ms"}
    ),
    "poisoned": lambda: lake({}, poison={"kind": "poison_message", "at": "62s"}),
    "dangling": lambda: lake(
        {}, early={"kind": "metadata_before_data", "region": "west", "at": "1s", "duration": "150s"}
    ),
    # nobody dies, and there is one step
    "one-step": lambda: choreo_scenario(
        {"duration": "20s", "level": {"patience": "5s"}, "consumers": {"reserved": None}}
    ),
    "two-steps": lambda: choreo_scenario({"duration": "20s", "level": {"patience": "5s"}}),
    # the handler of the first step dies and calls again
    "circle": lambda: choreo_scenario(
        {"duration": "20s", "level": {"patience": "5s"}}, kill=kill("orders/reserve", "8200ms")
    ),
    "shop": shop,
    # everything that is replayed had been consumed
    "replayed": lambda: events(
        {
            "duration": "30s",
            **search(),
            "replays": {
                "heal": {
                    "of": "orders", "region": "east", "into": "search", "rate": "500/s",
                    "from": "#300", "to": "#500", "at": "20s",
                }
            },
        }
    ),
    # a group that is paused is handed six seconds of what it has not read; no key comes twice among these
    "replayed-unread": lambda: events(
        {
            "duration": "60s",
            **search(),
            "databases": {"orders": {"workload": UNLIKE}},
            "replays": {
                "heal": {
                    "of": "orders", "region": "east", "into": "search", "rate": "500/s",
                    "from": "#999", "to": "#1599", "at": "30s",
                }
            },
        },
        stop={"kind": "process_pause", "process": "orders/search", "at": "10200ms", "duration": "25s"},
    ),
    # replication stands still for five seconds; a replay brings back what is lost, beside what is not
    "wins-back": lambda: events(
        {
            "duration": "90s",
            "clients": {"west": {"share": 1}},
            **WEST,
            "replays": {
                "heal": {
                    "of": "orders", "region": "west", "into": "database", "rate": "500/s",
                    "from": "20s", "at": "60s",
                }
            },
        },
        outbox=POLL,
        power=POWER,
        stuck={
            "kind": "replication_pause", "database": "orders", "region": "west", "stage": "send",
            "at": "28s", "duration": "20s",
        },
    ),
}  # fmt: skip


def differs(measure: str, before: Any, after: Any) -> bool:
    """Return whether a measure says something else: ages and lags by more than a little, counts at all."""
    if measure not in SLACK:
        return bool(before != after)
    return any(abs(after[of] - before[of]) > _slack(measure, of) for of in before)


def _slack(measure: str, of: str) -> float:
    seconds = measure == "freshness" or "/mirror/" in of or "/replica/" in of
    return SLACK[measure] if seconds else ROWS


def said(case: str) -> dict[str, Any]:
    """Return measure -> its numbers of a case.

    Calls are not foreseen, or else the comparison of what was foreseen would notice a bug in a handler first.
    """
    built = CASES[case]()
    measures = Measures.of(built)
    with patch.object(Foresight, "_foreseeable", lambda _: None):
        found = run_tables(built, 1)
    for domain, tables in found["tables"].items():
        measures.fold(Slice(domain, built.duration, tables, tuple(found["milestones"])))
    measures.finish(found["milestones"], built.duration)
    return numbers(plain(measures.figures(strict=False)))


def numbers(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return measure -> subject -> what it counts, of the figures of a run."""
    delivery, orders = figures["delivery"], figures.get("choreography", {})
    point = figures["recovery_point"]
    return {
        "loss": {store: f["records"] for store, f in figures["loss"].items()},
        "waterfall": {
            f"{domain}.{stage}": [row["lost"], row["dropped"]]
            for domain, fall in figures["waterfall"].items()
            for stage, row in fall.items()
        },
        **{
            tally: {of: row[tally]["count"] for of, row in delivery.items() if tally in row}
            for tally in TALLIES
        },
        "freshness": {of: f["max_s"] for of, f in figures["freshness"].items()},
        "refreshes": {
            f"{of}/{region}": f["failed"]
            for of, regions in figures["insights"].items()
            for region, f in regions.items()
        },
        "recovery_point": [point["age_s"], point["limited_by"]],
        "monitoring": {of: f["shown_max"] for of, f in figures["monitoring"].items()},
        "replays": {
            of: [f["filled"], f["won_back"], f["duplicates"]["count"]] for of, f in figures["replays"].items()
        },
        **{f"orders_{kind}": {of: f[kind]["count"] for of, f in orders.items()} for kind in ORDERS},
        "oversold": {of: f["oversold"]["count"] for of, f in figures.get("stock", {}).items()},
    }

