"""What becomes of a mutant: refused in words, legal, simulated; or something that must not happen."""

import io
import math
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from sim.cli.main import main
from sim.core.budget import Budget, OverBudget
from sim.core.distributions import Distribution, constant
from sim.core.errors import LimitReached, SpecError
from sim.core.inert import inert_lines
from sim.core.record import entries, is_record
from sim.spec.resolve import dump, load, resolve
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database

OPERATIONS, SPAN_NS = 20_000, 120 * 10**9  # of a simulated mutant, at most
BUDGET = Budget(rows=2e7, memory_bytes=2**29)  # estimates are right within a factor of 2: so below 1 GiB
LINE_MAX = 5000  # of what is printed: paths, a quotation, and a bounded list of names


def validated(path: Path) -> str:
    """Return ``legal``, ``refused``, or what went wrong, of ``sim validate``."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["validate", str(path)])
    said = out.getvalue() + err.getvalue()
    if code not in (0, 2):
        return f"exit {code}: {said[-2000:]}"
    if said != inert_lines(said):
        return "what was printed is not inert"
    if max(map(len, said.split("\n"))) > LINE_MAX:
        return "a line is too long"
    if code == 2 and not err.getvalue().strip():
        return "refused without a word"
    return "refused" if code else _fixed(path)


def _fixed(path: Path) -> str:
    """Return ``legal`` if what was resolved is a scenario that resolves to itself."""
    try:
        resolved = resolve(load(str(path)))
        copy = path.with_name("resolved.yaml")
        copy.write_text(dump(resolved), encoding="utf-8")
        again = resolve(load(str(copy)))
    except Exception:  # noqa: BLE001 - a legal scenario must resolve, whatever it is
        return f"resolved once, not twice: {traceback.format_exc()[-2000:]}"
    return "legal" if again == resolved else "resolves to another scenario"


def simulated(path: Path, seed: int) -> str:
    """Return ``ended``, ``stopped`` by a guard, ``not shortened``, ``not admitted``, or what went wrong."""
    from sim.estimate.admission import refusal
    from sim.estimate.estimate import estimate
    from sim.report.brief import brief
    from sim.report.document import document, written
    from sim.report.page import plain
    from sim.report.terminal import page, reviewed
    from sim.trial import run

    try:
        short = resolve(shortened(resolve(load(str(path)))))
    except SpecError:
        return "not shortened"
    try:
        if refusal(estimate(short), BUDGET) is not None:
            return "not admitted"
        outcome = run(short, seed=seed, budget=BUDGET)
        review = reviewed(outcome, source=str(path))
        screen = brief(review, width=80, measure="", places=[])
        said = plain(page(outcome, review)) + plain(screen, 80) + written(document(outcome))
    except (LimitReached, OverBudget):
        return "stopped"
    except Exception:  # noqa: BLE001 - any of them is what is looked for
        return f"raised: {traceback.format_exc()[-3000:]}"
    if said != inert_lines(said):
        return "the page is not inert"
    bad = sorted(set(_unnumbers(outcome.figures, "figures")))
    return f"no number: {', '.join(bad[:9])}" if bad else "ended"


def shortened(scenario: Scenario) -> Scenario:
    """Return a resolved scenario with all its times squeezed into a short run, and little load."""
    ratio = min(1.0, SPAN_NS / scenario.duration)
    span_s = scenario.duration * ratio / 1e9
    asked = sum(d.workload.reads + d.workload.writes for d in scenario.databases.values()) * span_s
    load_ratio = min(1.0, OPERATIONS / asked) if asked else 1.0
    return scenario.model_copy(
        update={
            "duration": max(1, int(scenario.duration * ratio)),
            "warmup": int(scenario.warmup * ratio),
            "databases": {name: _calmer(d, load_ratio) for name, d in scenario.databases.items()},
            "faults": {name: _sooner(fault, ratio) for name, fault in scenario.faults.items()},
            "replays": {name: _sooner(replay, ratio) for name, replay in scenario.replays.items()},
            "sweep": None,
            "sla": {name: objective for name, objective in scenario.sla.items() if objective.over is None},
        }
    )


def _calmer(database: Database, ratio: float) -> Database:
    load = database.workload
    update = {"reads": load.reads * ratio, "writes": load.writes * ratio}
    return database.model_copy(update={"workload": load.model_copy(update=update)})


def _sooner(part: Any, ratio: float) -> Any:
    times = {name: getattr(part, name, None) for name in ("at", "duration")}
    return part.model_copy(update={name: _less(time, ratio) for name, time in times.items() if time})


def _less(time: int | Distribution, ratio: float) -> int | Distribution:
    if isinstance(time, Distribution):
        return constant(max(1, int(min(time.mean, 1e18) * ratio)))
    return max(1, int(time * ratio))


def _unnumbers(value: Any, path: str) -> list[str]:
    """Return the paths of figures that are no numbers."""
    if is_record(value):
        return [bad for key, part in entries(value) for bad in _unnumbers(part, f"{path}.{key}")]
    if isinstance(value, dict):
        return [bad for key, part in value.items() for bad in _unnumbers(part, f"{path}.{key}")]
    if isinstance(value, list | tuple):
        return [bad for part in value for bad in _unnumbers(part, path)]
    return [path] if isinstance(value, float) and math.isnan(value) else []
