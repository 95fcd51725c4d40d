"""Whether a run may begin, and what it is held to while it runs."""

from collections.abc import Callable, Iterable
from math import isfinite

from sim.core.budget import SLACK_BYTES, SLACK_ROWS, SLACK_STEPS, Budget, Guard, installed_bytes
from sim.core.errors import Problem
from sim.estimate.estimate import RunEstimate
from sim.estimate.steps import CONTROL
from sim.estimate.term import Term, largest

HELD_TO = 2.0  # so many times its estimate a run may take
MOST = 0.85  # of the machine's memory: beyond that the system ends processes, ours or others


def words(found: RunEstimate) -> str:
    """Return an estimate in words."""
    time = f"{found.seconds:,.1f} s" if found.seconds < 1e9 else "decades"
    return f"{count(found.row_count)} rows, {size(found.memory_bytes)} of memory, {time} on one core"


def count(amount: float) -> str:
    """Return a number of rows as text."""
    return f"{amount:,.0f}" if amount < 1e12 else f"{amount:.1e}"


def size(amount_bytes: float) -> str:
    """Return an amount of memory as text."""
    if not isfinite(amount_bytes):
        return "endless"
    return f"{amount_bytes / 2**30:,.2f} GiB" if amount_bytes < 2**50 else f"{amount_bytes / 2**30:.1e} GiB"


def refusal(found: RunEstimate, budget: Budget, *, processes: int = 1) -> Problem | None:
    """Return why a run in so many processes is not admitted, None if it is; ``path``: what makes it large."""
    if found.memory_bytes * processes > budget.memory_most:
        each = f" for each of {processes} processes" if processes > 1 else ""
        why = f"it needs about {size(found.memory_bytes)} of memory{each}"
        return _problem(f"{why}, more than {size(budget.memory_most)}", found.memory, size)
    if found.work > budget.rows_most:
        why = f"it makes about {count(found.work)} rows, or does as much other work"
        terms = (*found.rows, *found.steps)
        return _problem(f"{why}, more than {count(budget.rows_most)}", terms, count)
    return None


def _problem(why: str, terms: Iterable[Term], written: Callable[[float], str]) -> Problem:
    most = largest(terms)
    more = "--budget admits more, as in --budget 1e10 or --budget 32GiB"
    hint = f"most of it for {most.what}: {written(most.amount)}; {more}"
    return Problem(why, hint, path=".".join(most.path))


def guard(found: RunEstimate, budget: Budget) -> Guard:
    """Return the guard that holds a run to twice its estimate, or to a given budget if that is more."""
    rows = max(HELD_TO * found.row_count + SLACK_ROWS, budget.rows or 0)
    growth = max(HELD_TO * found.memory_bytes + SLACK_BYTES, budget.memory_bytes or 0)
    growth = min(growth, MOST * installed_bytes())
    steps = max(HELD_TO * found.work, budget.rows or 0) / CONTROL + SLACK_STEPS
    return Guard(rows, steps, growth, f"more than twice what was expected: {words(found)}")
