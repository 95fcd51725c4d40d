"""Where in its files something of a scenario stands."""

from collections.abc import Sequence

from sim.core.errors import Problem
from sim.spec.compose import compose_all
from sim.spec.explain import place
from sim.spec.text import Complaint


def positions(
    path: str, keys: Sequence[tuple[str, ...]], *, overlays: Sequence[str] = (), sets: Sequence[str] = ()
) -> dict[tuple[str, ...], tuple[str, int]]:
    """Return (file, line) of each key, as ``("sla", "orders-rto")``; the file itself where it is not."""
    problems: list[Problem] = []
    root = compose_all(str(path), [str(overlay) for overlay in overlays], sets, problems)
    if root is None:
        return dict.fromkeys(keys, (str(path), 1))
    found = {key: place(Complaint(key, "", at_key=True), root) for key in keys}
    return {key: (problem.file or str(path), problem.line or 1) for key, problem in found.items()}
