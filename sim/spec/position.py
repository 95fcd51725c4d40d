"""Where in its files something of a scenario stands."""

from collections.abc import Sequence

from sim.core.errors import Problem
from sim.spec.compose import compose_all
from sim.spec.explain import follow


def positions(
    path: str, keys: Sequence[tuple[str, ...]], *, overlays: Sequence[str] = (), sets: Sequence[str] = ()
) -> dict[tuple[str, ...], tuple[str, int]]:
    """Return (file, line) of each key, as ``("sla", "orders-rto")``; the file itself where it is not."""
    problems: list[Problem] = []
    root = compose_all(str(path), [str(overlay) for overlay in overlays], sets, problems)
    if root is None:
        return dict.fromkeys(keys, (str(path), 1))
    marks = {key: node.key or node.mark for key in keys for node, _ in [follow(key, root)]}
    return {key: (mark.source.name or str(path), mark.line or 1) for key, mark in marks.items()}
