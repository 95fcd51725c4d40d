"""Availability and error rate: by hand, and against a recount that looks at every window anew."""

from random import Random

import pytest

from tests.histories import bad, good
from tests.histories.builder import FAIL, INFO, MS, OK, READ, WRITE, History, S, setup

WINDOWS = (("read", 5 * S), ("read", 20 * S), ("write", 7 * S))
NAMES = ("availability", "availability_at_s", "error_rate", "error_rate_at_s")


def naive(history: History, kind: int, over_ns: int | None) -> dict[str, float | int | None]:
    """Recount: of each window the operations sent in it, from whole lists."""
    s, end = history.setup, history.setup.duration_ns
    rows = [
        (r["send_ns"], r["outcome"] == OK and r["end_ns"] - r["send_ns"] <= s.latency_ns, r["outcome"] != OK)
        for r in history.rows.get("ops", [])
        if r["kind"] == kind
    ]
    still = [r["send_ns"] for r in history.rows.get("open", []) if r["kind"] == kind]
    rows += [(t, False, True) for t in still if end - t > s.latency_ns]
    rows = [row for row in rows if row[0] >= s.warmup_ns]
    if over_ns is None:
        spans = [(0, end)]
    else:
        first, last = s.warmup_ns // s.window_ns * s.window_ns, -(-end // s.window_ns) * s.window_ns
        spans = [(t, t + over_ns) for t in range(first, last - over_ns + 1, s.window_ns)]
    inside = [[row for row in rows if a <= row[0] < b] for a, b in spans]
    used = [(a, part) for (a, _), part in zip(spans, inside, strict=True) if part]
    if not used:
        return dict.fromkeys(NAMES) | {"windows": 0}
    availability = [sum(ok for _, ok, _ in part) / len(part) for _, part in used]
    errors = [sum(error for _, _, error in part) / len(part) for _, part in used]
    low, high = min(availability), max(errors)
    return {
        "windows": len(used),
        "availability": low,
        "availability_at_s": used[availability.index(low)][0] / S,
        "error_rate": high,
        "error_rate_at_s": used[errors.index(high)][0] / S,
    }


def ratios(history: History, kind: str, *, at: tuple[int, ...] = ()) -> dict:
    """Return the ratios of a capability."""
    return history.figures(at=at)["ratios"][f"orders.{kind}"]


def test_a_quiet_history_is_wholly_available():
    """Nothing fails: 100 % over the run and in each window, and no error."""
    history = good.quiet()
    history.setup = setup(windows=WINDOWS)
    for kind in ("read", "write"):
        found = ratios(history, kind)
        assert (found["availability"], found["error_rate"]) == (1.0, 0.0)
        for worst in found["windows"].values():
            assert (worst["availability"], worst["error_rate"]) == (1.0, 0.0)


def test_an_outage_is_in_the_whole_run_and_in_the_worst_window():
    """39 of 118 reads fail; of the 40 reads in [20 s, 40 s) one is good, in [21 s, 26 s) none."""
    history = bad.outage()
    history.setup = setup(windows=WINDOWS)
    found = ratios(history, "read")
    assert (found["availability"], found["error_rate"]) == (79 / 118, 39 / 118)
    assert found["windows"]["20s"] == {
        "windows": 41,
        "availability": 1 / 40,
        "availability_at_s": 20.0,
        "error_rate": 39 / 40,
        "error_rate_at_s": 20.0,
    }
    assert (found["windows"]["5s"]["availability"], found["windows"]["5s"]["availability_at_s"]) == (0, 21.0)


def test_a_late_answer_is_no_error_but_not_available():
    """Slow is neither; at exactly ``latency`` an answer is in time; fail and info are errors."""
    history = History(setup(windows=(("read", 60 * S),)))
    for rid, (took, outcome) in enumerate([(2 * S, OK), (2 * S + 1, OK), (MS, FAIL), (MS, INFO)]):
        history.op(rid, rid * S, rid * S + took, READ, outcome)
    found = ratios(history, "read")
    assert (found["availability"], found["error_rate"]) == (1 / 4, 2 / 4)
    assert (found["windows"]["1m"]["availability"], found["windows"]["1m"]["error_rate"]) == (1 / 4, 2 / 4)


def test_what_is_open_too_long_at_the_end_is_an_error():
    """Open for longer than ``latency``: judged and bad. Open for as long: nothing is known."""
    history = History(setup(windows=(("read", 10 * S),)))
    history.op(0, 51 * S, 51 * S + MS)
    history.still_open(1, 58 * S - 1)
    history.still_open(2, 58 * S)
    found = ratios(history, "read")
    assert (found["availability"], found["error_rate"]) == (1 / 2, 1 / 2)
    assert found["windows"]["10s"]["availability"] == 0.5


def test_without_operations_there_is_nothing_to_measure():
    """Reads alone: writes have no ratio, in no window."""
    history = bad.outage()
    history.setup = setup(windows=WINDOWS)
    found = ratios(history, "write")
    assert (found["availability"], found["error_rate"]) == (None, None)
    assert found["windows"]["7s"]["windows"] == 0
    assert found["windows"]["7s"]["availability"] is None


@pytest.mark.parametrize("seed", range(20))
def test_ratios_are_those_of_a_recount(seed):
    """Random operations, outages, warm-ups: equal to the recount, however the journal is cut."""
    draw = Random(seed)
    warmup = draw.choice([0, 10 * S, 10_500 * MS])
    history = History(
        setup(windows=WINDOWS, warmup_ns=warmup, duration_ns=draw.choice([60, 45]) * S + 300 * MS)
    )
    end, outage = history.setup.duration_ns, draw.randrange(40 * S)
    for rid in range(draw.choice([3, 60, 400])):
        send, kind = draw.randrange(end), draw.choice([READ, WRITE])
        took, broken = draw.choice([MS, 2 * S, 2 * S + 1, 7 * S]), outage <= send < outage + 8 * S
        outcome = draw.choice([OK, FAIL, INFO]) if broken else OK
        if send + took < end:
            history.op(rid, send, send + took, kind, outcome, version=0)
        else:
            history.still_open(rid, send, kind)
    cuts = tuple(sorted(draw.sample(range(end), draw.randrange(6))))
    for kind, name in ((READ, "read"), (WRITE, "write")):
        found = ratios(history, name, at=cuts)
        whole = naive(history, kind, None)
        assert (found["availability"], found["error_rate"]) == (whole["availability"], whole["error_rate"])
        lengths = {f"{over // S}s": over for of, over in WINDOWS if of == name}
        assert found["windows"] == {text: naive(history, kind, over) for text, over in lengths.items()}


@pytest.mark.parametrize("most", [7, 1000])
@pytest.mark.parametrize("at", [(), tuple(range(0, 60 * S, 730 * MS))])
def test_a_series_tells_each_step_as_if_it_were_the_whole_run(monkeypatch, most, at):
    """As many operations, and as large a share of them in time, as a recount of each step finds."""
    monkeypatch.setattr("sim.measure.capability.ratios.SERIES_MAX", most)
    history = bad.outage()
    for kind, name in ((READ, "read"), (WRITE, "write")):
        series = ratios(history, name, at=at)["series"]
        step_ns = round(series["step_s"] * S)
        assert len(series["operations"]) == len(series["availability"]) <= most
        assert len(series["operations"]) * step_ns >= history.setup.duration_ns
        for number, found in enumerate(zip(series["operations"], series["availability"], strict=True)):
            rows = [
                r for r in (*history.rows.get("ops", []), *history.rows.get("open", []))
                if r["kind"] == kind and r["send_ns"] // step_ns == number
            ]  # fmt: skip
            good = [r for r in rows if r.get("outcome") == OK]
            assert found == (len(rows), len(good) / len(rows) if rows else None)
