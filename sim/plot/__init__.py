"""Figures with matplotlib: each takes a result and perhaps axes, computes nothing, and returns the axes.

``theme="dark"`` draws for a dark page. Colours can be told apart by people who do not see all of them, and
no meaning rests on colour alone. ``save`` writes the same bytes for the same figure.
"""

from sim.plot.designs import differences, frontier
from sim.plot.incident import lanes, phases
from sim.plot.loss import waterfall
from sim.plot.series import ages, backlog, exposure, lag, success
from sim.plot.style import save
from sim.plot.trials import distribution, tornado

__all__ = [
    "ages", "backlog", "differences", "distribution", "exposure", "frontier", "lag", "lanes", "phases",
    "save", "success", "tornado", "waterfall",
]  # fmt: skip
