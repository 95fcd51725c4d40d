"""A flight simulator for multi-region data platforms, for notebooks and programs. See docs/python.md.

Nothing is imported before it is used: ``import sim`` takes a millisecond.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim import plot as plot
    from sim.core.errors import SpecError as SpecError
    from sim.door.doors import compare as compare
    from sim.door.doors import load as load
    from sim.door.doors import open as open
    from sim.door.doors import run as run
    from sim.door.doors import study as study
    from sim.door.results import Comparison as Comparison
    from sim.door.results import Run as Run
    from sim.door.results import Study as Study
    from sim.door.scenario import Scenario as Scenario

_WHERE = {
    **dict.fromkeys(("load", "run", "study", "compare", "open"), "sim.door.doors"),
    **dict.fromkeys(("Run", "Study", "Comparison"), "sim.door.results"),
    "Scenario": "sim.door.scenario",
    "SpecError": "sim.core.errors",
}
__all__ = [  # names that are imported when they are asked for
    "Comparison", "Run", "Scenario", "SpecError", "Study", "compare", "load", "open", "plot", "run", "study",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    if name == "plot":
        return import_module("sim.plot")
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    """Return the documented names."""
    return sorted(__all__)
