"""Dials: the parameters that faults turn.

A dial is a base value, never overwritten, with the active overlays in order of arrival.
"""

from typing import Any, NamedTuple


class Dial(NamedTuple):
    """The address of a parameter: what, and of which thing.

    ``of`` is (from, to) for links, (domain, region) for nodes, (region,) for regions, (stream,) for load
    streams and (domain,) for decisions. Those of the data path are listed in ``faults/path_overlays.py``.
    """

    what: str
    of: tuple[str, ...]


class Dials:
    """All overlays that are active."""

    def __init__(self) -> None:
        self._active: dict[Dial, dict[str, Any]] = {}

    def put(self, dial: Dial, overlay: str, value: Any) -> None:
        """Add an overlay under a name of its own."""
        self._active.setdefault(dial, {})[overlay] = value

    def remove(self, dial: Dial, overlay: str) -> None:
        """Take an overlay away; the others stay in their order."""
        active = self._active[dial]
        del active[overlay]
        if not active:
            del self._active[dial]

    def on(self, what: str, *of: str) -> tuple[Any, ...]:
        """Return the active overlays' values in order of arrival."""
        return tuple(self._active.get(Dial(what, of), {}).values())

    def by(self, what: str, *of: str) -> tuple[str, ...]:
        """Return the names of the active overlays in order of arrival."""
        return tuple(self._active.get(Dial(what, of), {}))
