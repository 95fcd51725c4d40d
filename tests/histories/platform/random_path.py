"""Random journeys on which everything comes in any order: a bus, a consumer with a replay, and two tables."""

from random import Random

from sim.measure.platform.setup import ReplaySetup
from tests.histories.builder import MS, S, v
from tests.histories.platform.builder import A, B, Journey, path_setup

END = 60 * S
WRITES = 80


def random_journey(seed: int) -> Journey:
    """Return a journey with a promotion, after which the old primary still commits, and takes some with it.

    Times of a consumer are even, those of its replay odd, so that none are equal.
    """
    draw = Random(seed)
    journey = Journey(path_setup(replays={"heal": ReplaySetup("search", draw.random() < 0.5)}))
    _commits(journey, draw)
    _bus(journey, draw)
    at = sorted(draw.randrange(10 * S, END) // 2 * 2 for _ in range(90))
    _read(journey, draw, at, "consumed/search")
    _read(journey, draw, [t + 1 for t in sorted(draw.sample(at, 15))], "replayed/heal")
    _tables(journey, draw)
    return journey


def _commits(journey: Journey, draw: Random) -> None:
    history, promoted = journey.history, draw.randrange(15, 40)
    cut = promoted - draw.randrange(0, 6)
    at = sorted(draw.randrange(1, 40) * S for _ in range(WRITES))  # many at the same time
    next_of = {1: 1, 2: cut + 1}
    for i, at_ns in enumerate(at):
        if i == promoted:
            history.add("cuts", at_ns=at_ns + 1, timeline=2, parent=1, cut=cut, node=B)
        timeline = 1 if i < promoted or draw.random() < 0.2 else 2
        moment = at_ns + (0 if i < promoted else 2)
        history.commit(moment, v(timeline, next_of[timeline]), i, key=i)
        next_of[timeline] += 1


def _bus(journey: Journey, draw: Random) -> None:
    rows = [(row["commit_ns"], row["version"]) for row in journey.history.rows["commits"]]
    rows += draw.sample(rows, 10)  # published twice
    came = sorted((at_ns + draw.randrange(1, draw.choice((S, 12 * S))), version) for at_ns, version in rows)
    for at_ns, version in came:
        journey.publish(A, at_ns, version)


def _there(journey: Journey, at_ns: int) -> int:
    """Return how many rows are on the bus strictly before a time."""
    return sum(row["at_ns"] < at_ns for row in journey.history.rows["bus/a"])


def _read(journey: Journey, draw: Random, at: list[int], table: str) -> None:
    position = 0
    for at_ns in at:
        end = _there(journey, at_ns)
        if end == 0:
            continue
        position = min(position, end - 1) if draw.random() < 0.8 else draw.randrange(end)
        journey.history.add(table, at_ns=at_ns, region=A, position=position)
        position += 1


def _tables(journey: Journey, draw: Random) -> None:
    for zone in ("raw", "curated"):
        number = 0
        for at_ns in sorted(draw.sample(range(5 * S, END, 7 * MS), 20)):
            end = _there(journey, at_ns)
            if number and draw.random() < 0.1:
                number = draw.randrange(number)
                journey.history.add(f"taken/{zone}/a", at_ns=at_ns - 1, kept=number)
            for _ in range(draw.randrange(1, 4) if end else 0):
                begin = draw.randrange(end)
                stop = min(end, begin + draw.randrange(1, 12))
                journey.history.add(f"{zone}/a", at_ns=at_ns, commit=number, source=A, begin=begin, end=stop)
            number += bool(end)
