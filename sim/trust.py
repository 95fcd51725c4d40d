"""What limits belief in figures: what the model leaves out, extrapolated inputs, objectives never tested."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.core.distributions import Distribution
from sim.core.milestones.failover import DeclaredDead, NoMajority
from sim.core.milestones.faults import FaultStarted
from sim.journal.milestones import Milestone
from sim.measure.figures import Figures
from sim.spec.model import Model
from sim.spec.scenario import Scenario
from sim.spec.store.coverage import notes as recorded

NAMED = 4  # so many of a kind are named, the others counted
_ONE = "One trial: these are the figures of one seed, not a probability."
_FORMULAS = ("lognormal", "pareto", "weibull", "gamma", "exponential")  # the longest tails first


def trust(scenario: Scenario, figures: Figures, milestones: Sequence[Milestone]) -> list[str]:
    """Return the trust note of a run: what is particular to it before what holds for all."""
    notes = [_ONE]
    wanted = {objective.about for objective in scenario.sla.values()}
    untested = sorted(name for name, of in figures.recovery.items() if name in wanted and not of.tested)
    if untested:
        when = " while faults lasted" if any(isinstance(m.what, FaultStarted) for m in milestones) else ""
        notes.append(f"Nothing was asked of {some(untested)}{when}: no objective on how it did is met.")
    if not scenario.sla:
        notes.append("No objective was given: nothing was judged.")
    return [*notes, *_without_majority(milestones), *recorded(scenario), *_left_out(scenario)]


def _without_majority(milestones: Sequence[Milestone]) -> Iterator[str]:
    """Say of which databases nobody could have declared the primary dead, and never was."""
    found: dict[str, list[str]] = {}
    last = {m.subject: m for m in milestones if isinstance(m.what, NoMajority | DeclaredDead)}
    for name, milestone in last.items():
        if isinstance(milestone.what, NoMajority):
            found.setdefault(milestone.why, []).append(name)
    for why, names in found.items():
        yield f"An observer gave up on the primary of {some(names)}, but no failover was possible: {why}."


def of_study(
    scenario: Scenario,
    *,
    ran: int,
    broke: str,
    fired: Mapping[str, int],
    values: Mapping[str, Sequence[float]],
) -> list[str]:
    """Return the trust note of a study.

    ``ran``: trials that came to their end; ``broke``: how many did not, in words, "" if none; ``fired``:
    fault -> trials in which it took effect; ``values``: objective -> its value in each trial, NaN where it
    had none.
    """
    notes = [
        f"{ran:,} trials of one model: intervals say how far luck reaches, not how right the model is."
        if ran > 1
        else _ONE,
        *recorded(scenario),
        *_left_out(scenario),
    ]
    if broke:
        notes.insert(0, f"{broke}: no figure counts them, and what they would have shown is unknown.")
    those = "trials that did not break" if broke else "trials"
    notes += [
        f"Fault {name} took effect in {count:,} of {ran:,} {those}."
        for name, count in fired.items()
        if count < ran
    ]
    if scenario.faults and not _drawn(scenario):
        notes.append(
            "Faults come at fixed times and no delay of people is drawn: trials differ by load and network."
        )
    notes += [*_extrapolated(scenario), *_untested(scenario, values)]
    if not scenario.sla:
        notes.append("No objective was given: nothing was judged.")
    return notes


def _left_out(scenario: Scenario) -> list[str]:
    """Say what the model leaves out of this scenario."""
    notes = [
        "Bulk flows have fixed shares of a link and borrow nothing from each other.",
        "Messages under way when something changes are not touched by the change.",
    ]
    if scenario.bus is None:
        notes.append(
            "The databases are modelled; outbox, event bus, stream processing and lakehouse are not part of "
            "this run."
        )
    else:
        notes.append("Publishing and reading are in order over all partitions of a topic.")
    return notes


def _drawn(scenario: Scenario) -> bool:
    """Return whether what goes wrong, or how long people take, differs from trial to trial."""
    times = [time for fault in scenario.faults.values() for time in (fault.at, fault.duration)]
    decisions = [database.failover.decision for database in scenario.databases.values()]
    return any(time is not None and not time.is_constant for time in [*times, *decisions])


def _extrapolated(scenario: Scenario) -> Iterator[str]:
    """Say which inputs are carried beyond what was given: by a formula's tail, or not at all."""
    found = list(_distributions(scenario, ()))
    tails = [f"{path} ({kind})" for kind in _FORMULAS for path, dist in found if dist.kind == kind]
    if tails:
        yield f"Beyond the numbers given, a formula draws the slowest of: {some(tails)}."
    known = [f"{path} ({len(dist.values):,} values)" for path, dist in found if dist.kind == "empirical"]
    if known:
        yield f"What was never measured is never drawn: nothing is slower than the slowest of {some(known)}."


def _distributions(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Distribution]]:
    """Yield every distribution in a scenario with its place, as ``--set`` names it."""
    if isinstance(value, Distribution):
        yield ".".join(path), value
        for part in value.parts:
            yield from _distributions(part, path)
    elif isinstance(value, Model):
        for name in type(value).model_fields:
            yield from _distributions(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for name, held in value.items():
            yield from _distributions(held, (*path, str(name)))


def _untested(scenario: Scenario, values: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Say which objectives nothing puts to the test: the best there is in every trial, or no value at all."""
    found: dict[str, list[str]] = {}
    for name, objective in scenario.sla.items():
        known = {value for value in values.get(name, ()) if value == value}
        best = 1.0 if objective.must.op in (">", ">=") else 0.0
        if not known:
            found.setdefault("nothing to measure", []).append(name)
        elif known == {best}:
            found.setdefault(f"{best:g}", []).append(name)
    for why, names in found.items():
        yield f"Nothing here puts to the test ({why} in every trial): {some(names)}."


def some(names: Sequence[str]) -> str:
    """Name a few, and count the rest."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
