"""Every measure gives what a naive judge gives on random lawful histories, wherever slices end."""

from random import Random

import pytest

from sim.measure.metrics import measured
from sim.measure.store.consistency import GUARANTEES
from tests.histories import naive
from tests.histories.builder import MS, READ, WRITE, S
from tests.histories.random_store import END, REGIONS, Store

SEEDS = range(40)


def _warmup(seed: int) -> int:
    return (0, 0, 7 * S + 500 * MS)[seed % 3]


@pytest.mark.parametrize("seed", SEEDS)
def test_loss_is_what_is_on_no_surviving_timeline(seed):
    """Lost and info writes are those the naive judge finds."""
    store = Store(seed, warmup=_warmup(seed))
    loss = store.history.figures(strict=True)["loss"]["orders"]
    lost, info = naive.lost(store.history)
    assert (loss["records"], loss["info_lost"]) == (len(lost), len(info))


def test_the_random_histories_contain_what_is_to_be_tested():
    """Losses, divergence, retries that saved a write, avoidable losses and info writes all occur."""
    found = [Store(seed).history.figures() for seed in SEEDS]
    loss = [f["loss"]["orders"] for f in found]
    assert sum(x["records"] for x in loss) > 100
    assert sum(x["diverged"] for x in loss) > 50
    assert sum(x["info_lost"] for x in loss) > 50
    assert sum(f["conservation"]["orders"]["acks"]["recommitted"] for f in found) > 50
    for name in GUARANTEES:
        assert sum(f["consistency"]["orders"][name]["violations"] for f in found) > 3, name


@pytest.mark.parametrize("seed", SEEDS)
def test_session_guarantees_and_staleness(seed):
    """Violations of each guarantee and stale reads are those the naive judge finds."""
    history = Store(seed, warmup=_warmup(seed)).history
    got = history.figures()["consistency"]["orders"]
    assert [got[name]["violations"] for name in GUARANTEES] == naive.guarantees(history)
    stale = (got["reads"], got["stale_reads"], round(got["staleness_max_s"] * S), got["versions_behind_max"])
    assert stale == naive.staleness(history)


@pytest.mark.parametrize("seed", SEEDS)
def test_exposure_curves(seed):
    """Maxima agree exactly, in all and in each step, and means over time to rounding, for both curves."""
    history = Store(seed, warmup=_warmup(seed)).history
    got = history.figures()["exposure"]["orders"]
    for region in got:
        for curve, stage in (("crash", "sent"), ("cut", "received")):
            want = naive.exposure(history, region, stage)
            assert got[region][curve]["series"] == want.pop("series"), (region, curve)
            have = {name: got[region][curve][name] for name in want}
            assert have == pytest.approx(want, rel=1e-9), (region, curve)


@pytest.mark.parametrize("seed", SEEDS)
def test_recovery_episodes_and_downtime(seed):
    """Episodes, censoring and downtime agree, over all clients and for each."""
    history = Store(seed, warmup=_warmup(seed)).history
    figures = history.figures()["recovery"]
    for kind, name in ((READ, "orders.read"), (WRITE, "orders.write")):
        views = [(None, figures[name])] + [(c, figures[name]["by_client"][r]) for c, r in enumerate(REGIONS)]
        for client, got in views:
            want, downtime = naive.episodes(history, kind, client)
            have = [
                (round(e["started_s"] * S), None if e["rta_s"] is None else round(e["rta_s"] * S))
                for e in got["episodes"]
            ]
            assert have == want
            assert round(got["downtime_s"] * S) == downtime


def test_the_time_until_every_standby_was_close_again():
    """The metric is what the naive judge finds; what had not ended with the run has no upper bound."""
    found = []
    for seed in SEEDS:
        history = Store(seed, warmup=_warmup(seed)).history
        figures = history.measured()
        for kind, name in ((READ, "orders.read"), (WRITE, "orders.write")):
            if figures.recovery[name].seen.rta_ns:
                want, bounds = naive.caught_up(history, kind), measured(figures, "caught_up", name)
                assert bounds.exact == (want is not None)
                assert want in (None, bounds.low) and bounds.low >= figures.recovery[name].seen.rta_ns
                found.append(want)
    assert None in found and len({*found}) > 4


@pytest.mark.parametrize("seed", SEEDS)
def test_slices_do_not_matter(seed):
    """Cutting the same journal elsewhere changes no figure, to the last bit."""
    history = Store(seed, warmup=_warmup(seed)).history
    draw = Random(seed)
    cuts = tuple(draw.randrange(1, END) for _ in range(draw.choice((1, 5, 60))))
    at_promotions = tuple(row["at_ns"] for row in history.rows.get("cuts", []))
    whole = history.figures()
    assert history.figures(at=cuts) == whole
    assert history.figures(at=cuts + at_promotions) == whole
