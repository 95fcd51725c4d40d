"""Extra pulls of single cursors of a data path, which must change nothing."""

from sim.models.pipeline import Path

WHOLE, BUSES, PARTS = "path", "bus", "parts"


def pull(path: Path, cursor: str, until: int) -> None:
    """Bring one cursor of a domain's data path, and what it reads from, to ``until``; its circle is there.

    ``path``: all of it; ``bus``: relay and mirrors (a bus is merged of all that goes to it, so they are one);
    a consumer's name: that one; ``parts``: the stream job and the replays. The others stay where they are.
    """
    if cursor == WHOLE:
        path.advance(until)
        return
    path.pull(until)
    if cursor in path.consumers:
        path.consumers[cursor].reader.advance(until)
    elif cursor == PARTS:
        for part in path.parts:
            part.advance(until)
