"""Pictures as SVG, the same bytes for the same figures."""

from pathlib import Path
from typing import Any

KINDS = {"crash": "if the primary had died", "cut": "if its links had been cut"}


def exposure(figures: dict[str, Any], path: Path) -> bool:
    """Draw acknowledged records at risk over time, a panel a store; return whether there was any.

    ``figures``: store -> standby -> ``crash`` and ``cut`` -> ``series`` with equally long lists ``at_s``
    (seconds) and ``records``.
    """
    panels = {store: _curves(standbys) for store, standbys in figures.items()}
    panels = {store: curves for store, curves in panels.items() if curves}
    if not panels:
        return False
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "sim", "svg.fonttype": "none"}):
        figure = Figure(figsize=(9, 1.2 + 1.8 * len(panels)), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        for axis, (store, curves) in zip(axes, panels.items(), strict=True):
            for label, series in curves:
                at_s = [i * series["step_s"] for i in range(len(series["records"]))]
                axis.step(at_s, series["records"], where="post", label=label, linewidth=1)
            axis.set_title(store, loc="left", fontsize=10)
            axis.set_ylabel("records")
            axis.legend(fontsize=7, loc="upper right")
        axes[-1].set_xlabel("seconds since the start")
        figure.suptitle("Acknowledged records at risk at each moment", fontsize=11)
        figure.savefig(path, format="svg", metadata={"Date": None})
    return True


def _curves(standbys: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return (label, series) of every curve of a store that ever leaves zero."""
    return [
        (f"{standby}, {words}", kinds[kind]["series"])
        for standby, kinds in standbys.items()
        for kind, words in KINDS.items()
        if any(kinds[kind]["series"]["records"])
    ]
