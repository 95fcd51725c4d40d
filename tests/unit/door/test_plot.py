"""Figures: what is drawn is what the tables say, the same bytes twice, in both themes, with hostile names."""

import matplotlib
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import sim

DRAWN = {
    "lanes": {}, "phases": {}, "exposure": {}, "ages": {}, "waterfall": {"store": "orders"},
}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_has_the_same_bytes_twice(ghosts, name, theme, tmp_path):
    """Every figure of a run, saved twice, is the same file, and leaves no global state behind."""
    before = dict(matplotlib.rcParams)
    for kind in ("svg", "png"):
        paths = [tmp_path / f"{number}.{kind}" for number in range(2)]
        for path in paths:
            ax = getattr(sim.plot, name)(ghosts, theme=theme, **DRAWN[name])
            assert isinstance(ax, Axes)
            sim.plot.save(ax, path)
        assert paths[0].read_bytes() == paths[1].read_bytes()
    assert dict(matplotlib.rcParams) == before


def test_a_figure_is_drawn_on_the_axes_that_are_given(ghosts):
    """Axes of a figure of one's own are drawn on and returned."""
    own = Figure().add_subplot()
    assert sim.plot.phases(ghosts, own) is own


def test_bars_last_as_long_as_the_phases(ghosts):
    """The bars of the chart of phases are the rows of the table."""
    ax = sim.plot.phases(ghosts)
    assert sorted(bar.get_width() for bar in ax.patches) == pytest.approx(
        sorted(map(float, ghosts.phases["duration_s"]))
    )


def test_lanes_are_zoomed_to_the_incident_unless_all_is_asked_for(ghosts):
    """The first view begins before the first capability went down and ends with the last."""
    first, last = ghosts.episodes["started_s"].min(), ghosts.episodes["recovered_s"].max()
    low, high = sim.plot.lanes(ghosts).get_xlim()
    assert 0 < low <= first < last <= high < ghosts.end_s
    assert sim.plot.lanes(ghosts, whole=True).get_xlim() == (0.0, ghosts.end_s)


def test_lines_are_the_series(ghosts):
    """A line for each standby, through the values of the table."""
    ax = sim.plot.exposure(ghosts, event="cut", figure="age_s")
    lines = {line.get_label(): line for line in ax.lines if " to " in str(line.get_label())}
    assert set(lines) == {"orders to us-east", "orders to us-west"}
    values = ghosts.exposure["orders", "us-west", "cut", "age_s"]
    assert list(lines["orders to us-west"].get_ydata()) == list(values)


def test_a_run_in_which_nothing_was_down_can_be_drawn(ghosts, tmp_path):
    """Without episodes, data path and faults every figure that has a subject is drawn."""
    calm = sim.Run({**ghosts.document, "recovery": {}, "freshness": {}, "faults": {}, "exposure": {}})
    for name in ("lanes", "phases", "exposure", "ages"):
        sim.plot.save(getattr(sim.plot, name)(calm), tmp_path / f"{name}.png")
    assert calm.summary.startswith("Nothing was down.")


def test_text_of_others_is_drawn_as_text(ghosts, tmp_path):
    """Dollars and letters of other scripts in names are no formula and no error."""
    name = "$x_{1$ <b> \u202e \u4e2d\u6587"
    document = {
        **ghosts.document,
        "scenario": name,
        "recovery": {name: ghosts.document["recovery"]["orders.write"]},
    }
    sim.plot.save(sim.plot.lanes(sim.Run(document)), tmp_path / "hostile.svg")


def test_designs_are_drawn_side_by_side(tmp_path):
    """A sweep's points and two designs' differences have a figure each, with a mark for each row."""
    before = sim.load("gate/orders")
    sweep = {"databases.orders.failover.promotion": ["3s", "60s"]}
    study = sim.study(before, trials=2, sweep=sweep, jobs=1, out=tmp_path, progress=False)
    ax = sim.plot.frontier(study)
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(marks) == int((~(study.frontier["rta_open"] | study.frontier["lost_open"])).sum())
    after = before.change({"databases.orders.failover.promotion": "60s"})
    found = sim.compare(before, after, trials=2, jobs=1, out=tmp_path, progress=False)
    shown = found.differences[found.differences["differs"] & (found.differences["unit"] == "s")]
    ax = sim.plot.differences(found)
    assert len([line for line in ax.lines if line.get_marker() == "o"]) == min(len(shown), 20)
