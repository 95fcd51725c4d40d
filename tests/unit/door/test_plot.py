"""Figures: what is drawn is what the tables say, the same bytes twice, in both themes, with hostile names."""

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import sim

DRAWN = {
    "lanes": {}, "phases": {}, "exposure": {}, "ages": {}, "waterfall": {"store": "orders"}, "success": {},
    "backlog": {}, "lag": {"monitor": "orders/replica/us-west"},
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
    calm = sim.Run({**calm.document, "ratios": {}, "monitoring": {}})
    for name in ("lanes", "phases", "exposure", "ages", "success", "backlog"):
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


def test_lag_is_drawn_as_it_was_shown_and_as_it_was(ghosts):
    """Two lines through the looks of the table: a paused replica shows little while much is missing."""
    shown, true = sim.plot.lag(ghosts, monitor="orders/replica/us-west").lines[:2]
    table = ghosts.lag["orders/replica/us-west"]
    assert np.array_equal(shown.get_ydata(), table["shown_s"], equal_nan=True)
    assert np.array_equal(true.get_ydata(), table["true_age_s"], equal_nan=True)


def test_a_tornado_has_a_bar_for_each_value_of_a_knob_turned_alone(swept, tmp_path):
    """Of four points two turn one knob; each bar goes from the base to the estimate, the longest first."""
    found = swept.knobs("recovery.rta_s", "orders.write", statistic="mean")
    assert list(found["value"]) == ["60s", "8s"]
    estimates = swept.estimates.query(
        "of == 'orders.write' and figure == 'recovery.rta_s' and statistic == 'mean'"
    )
    by_point = estimates.set_index("point")["value"]
    first = swept.document["points"][0]["label"]
    assert set(found["base"]) == {by_point[first]}
    assert set(found["estimate"]) < set(by_point)
    ax = sim.plot.tornado(swept, figure="recovery.rta_s", of="orders.write", statistic="mean")
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert [pytest.approx(sorted(span)) for span in spans] == [
        sorted(pair) for pair in zip(found["base"], found["estimate"], strict=True)
    ]
    sim.plot.save(ax, tmp_path / "tornado.svg")
    empty = sim.plot.tornado(swept, figure="recovery.rta_s", of="nobody")
    assert not empty.patches


def test_a_distribution_has_a_step_for_each_trial_and_the_limit(swept, tmp_path):
    """Values are those of the trials, shares go up to 1, the limit and the interval are the ruling's."""
    ax = sim.plot.distribution(swept, objective="orders-rto", point=1)
    line = next(line for line in ax.lines if line.get_label() == "at most")
    rows = swept.table("objectives").query("point == 1 and objective == 'orders-rto'")
    assert list(line.get_xdata()) == sorted(rows["high"])
    assert list(line.get_ydata()) == [0.5, 1.0]
    ruling = swept.objectives.loc[(swept.document["points"][1]["label"], "orders-rto")]
    limit = next(line for line in ax.lines if line.get_label() == "limit <= 3m")
    assert set(limit.get_xdata()) == {ruling["limit"]} == {180.0}
    for number in range(2):
        sim.plot.save(sim.plot.distribution(swept, objective="orders-rpo"), tmp_path / f"{number}.png")
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()


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
