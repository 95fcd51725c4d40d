"""The overlays that faults have put on dials, and who listens to these.

A dial is a base value, never overwritten, with the active overlays in order of arrival. A fault has fired
when something that it turned was read while it was active: whoever reads a dial either counts all its reads
(``listen``) or says so each time it matters (``hit``).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.core.dials import Dial, Of, Turn


class Strike(NamedTuple):
    """An overlay that a fault has put on a dial ``of`` something, or taken off; ``cause``: the milestone."""

    of: Of
    value: Any
    fault: str
    cause: int


def _by_hits(of: Of, fault: str) -> int:  # noqa: ARG001  # it says so each time it matters
    return 0


def _nothing(strike: Strike) -> None:
    """It sees the overlay when it reads the dial."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who reads a dial.

    ``reads(of, fault)``: how often so far, of those that it counts. ``struck`` and ``healed``: what it does
    at once when an overlay has been put on or taken off.
    """

    reads: Callable[[Of, str], int] = _by_hits
    struck: Callable[[Strike], None] = _nothing
    healed: Callable[[Strike], None] = _nothing


class Dials:
    """All overlays that are active. ``hits``: fault -> how often something that it turned had an effect.

    ``turned``: how often any dial has been turned so far; what follows from dials alone holds until the next.
    """

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.turned = 0
        self._active: dict[tuple[Dial, Of], dict[str, Any]] = {}
        self._listeners: dict[tuple[Dial, Of], list[Listener]] = {}

    # --- overlays -------------------------------------------------------------------------------------------

    def put(self, turn: Turn, overlay: str) -> None:
        """Add an overlay under a name of its own."""
        self.turned += 1
        self._active.setdefault(turn[:2], {})[overlay] = turn.value

    def remove(self, turn: Turn, overlay: str) -> None:
        """Take an overlay away; the others stay in their order."""
        self.turned += 1
        active = self._active[turn[:2]]
        del active[overlay]
        if not active:
            del self._active[turn[:2]]

    def value(self, dial: Dial, *of: str, base: Any = None) -> Any:
        """Return the value in force. ``base``: the one without overlays, if the dial has none of its own."""
        overlays = self._active.get((dial, of), {})
        return dial.fold(dial.base if base is None else base, tuple(overlays.values()))

    def by(self, dial: Dial, *of: str) -> tuple[str, ...]:
        """Return the names of the active overlays in order of arrival."""
        return tuple(self._active.get((dial, of), {}))

    # --- who listens ----------------------------------------------------------------------------------------

    def listen(
        self,
        dial: Dial,
        *of: str,
        reads: Callable[[Of, str], int] = _by_hits,
        struck: Callable[[Strike], None] = _nothing,
        healed: Callable[[Strike], None] = _nothing,
    ) -> None:
        """Listen to a dial of one thing, or without ``of`` to that of all: see ``Listener``."""
        self._listeners.setdefault((dial, of), []).append(Listener(reads, struck, healed))

    def listeners(self, turn: Turn) -> list[Listener]:
        """Return who listens to what a fault turns.

        Raises LookupError if nobody does: the fault would silently do nothing.
        """
        found = [*self._listeners.get((turn.dial, ()), ()), *self._listeners.get(turn[:2], ())]
        if not found:
            raise LookupError(f"nobody listens to the dial {turn.dial.name} of {'/'.join(turn.of)}")
        return found

    def hit(self, dial: Dial, *of: str) -> None:
        """The overlays on a dial have had an effect: their faults have fired."""
        self.hits.update(self.by(dial, *of))

    # --- faults ---------------------------------------------------------------------------------------------

    def strike(self, fault: str, turns: Iterable[Turn], cause: int) -> None:
        """Put a fault's overlays on, all at once; then whoever listens does what it does about each."""
        turns = list(turns)
        for turn in turns:
            self.put(turn, fault)
        for turn in turns:
            for listener in self.listeners(turn):
                listener.struck(Strike(turn.of, turn.value, fault, cause))

    def heal(self, fault: str, turns: Iterable[Turn], cause: int) -> None:
        """Take a fault's overlays off, all at once; then whoever listens does what it does about each."""
        turns = list(turns)
        for turn in turns:
            self.remove(turn, fault)
        for turn in turns:
            for listener in self.listeners(turn):
                listener.healed(Strike(turn.of, turn.value, fault, cause))

    def reads(self, fault: str, turns: Iterable[Turn]) -> int:
        """Return how often what a fault turns has been read so far, as its listeners count."""
        read = sum(listener.reads(turn.of, fault) for turn in turns for listener in self.listeners(turn))
        return self.hits[fault] + read
