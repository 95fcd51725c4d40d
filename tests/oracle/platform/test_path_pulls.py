"""What an extra pull of a data path moves: one cursor and what it reads from, nothing else."""

from collections import Counter
from unittest.mock import patch

import sim.world
from sim.models.pipeline import Path
from sim.models.pulls import BUSES, PARTS, WHOLE, pull
from sim.trial import run_tables

from .generate import case

Places = dict[str, tuple[int, ...]]


def _places(path: Path) -> Places:
    """Return where the buses, each consumer and the stream job of a path are."""
    readers = {name: consumer.reader for name, consumer in path.consumers.items()}
    found: Places = {name: (reader.position(),) for name, reader in readers.items() if reader.handler is None}
    found[BUSES] = tuple(bus.end for bus in path.buses.values())
    found[PARTS] = tuple(part.stream.reader.position() for part in path.parts if hasattr(part, "stream"))
    return found


def test_a_pull_moves_one_cursor_of_the_path():
    """A pull moves its cursor and the buses that it reads from, no other; each kind often moves its own."""
    moved: Counter[str] = Counter()

    def watched(path: Path, cursor: str, until: int) -> None:
        before = _places(path)
        pull(path, cursor, until)
        now = {place for place, at in _places(path).items() if at != before[place]}
        assert cursor == WHOLE or now <= {BUSES, cursor}
        kind = "a consumer" if cursor in path.consumers else cursor
        moved[kind] += bool(now) if cursor == WHOLE else cursor in now

    with patch.object(sim.world, "pull", watched):
        for one in map(case, range(40)):
            run_tables(one.scenario, one.seed, pulls=one.pulls)
    assert all(moved[kind] >= 10 for kind in (WHOLE, BUSES, PARTS, "a consumer")), moved
