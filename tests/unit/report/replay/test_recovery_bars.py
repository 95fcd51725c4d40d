"""Bars of a recovery: they follow each other from its start to its end, and each names its milestone."""

from itertools import pairwise

import pytest

from sim.core.milestones import KINDS
from sim.report.html.run.recovery import stretches


def test_bars_make_up_the_recovery_time(ghosts):
    """Of every capability that recovered: no gap, no overlap, as long as the recovery, by phase too."""
    found = 0
    for capability in ghosts.document["recovery"].values():
        bars = list(stretches(capability, ghosts.document["milestones"]))
        assert bool(bars) == bool(capability["rta_s"])
        if bars:
            found += 1
            assert bars[-1].ended_s - bars[0].began_s == pytest.approx(capability["rta_s"], abs=1e-6)
            assert all(a.ended_s == pytest.approx(b.began_s, abs=1e-6) for a, b in pairwise(bars))
            for phase, spent in capability["phases"].items():
                own = sum(bar.ended_s - bar.began_s for bar in bars if bar.phase == phase)
                assert own == pytest.approx(spent, abs=1e-6)
    assert found


def test_a_bar_that_a_milestone_ended_ends_with_it(ghosts):
    """Its number is that of a milestone of the same time, and nearly always of the same phase."""
    told = ghosts.document["milestones"]
    for capability in ghosts.document["recovery"].values():
        for bar in stretches(capability, told):
            if bar.number is not None:
                assert bar.ended_s == told[bar.number]["at_s"]
                assert bar.phase in (KINDS[told[bar.number]["kind"]].kind.phase, "decide")
