"""What limits belief in a run's figures: what the model leaves out here, one sentence each."""

from typing import Any

from sim.spec.models import Scenario


def trust(scenario: Scenario, figures: dict[str, Any]) -> list[str]:
    """Return the trust note of a run."""
    notes = [
        "One trial: these are the figures of one seed, not a probability.",
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
    wanted = {objective.of for objective in scenario.sla.values()}
    silent = sorted(
        name for name, of in figures["recovery"].items() if name in wanted and not of["operations"]
    )
    if silent:
        notes.append(f"No operation was sent for {', '.join(silent)}: objectives on it are undecided.")
    if not scenario.sla:
        notes.append("No objective was given: nothing was judged.")
    return notes


def of_study(scenario: Scenario, *, trials: int, fired: dict[str, int]) -> list[str]:
    """Return the trust note of a study. ``fired``: fault -> trials in which it took effect."""
    notes = [
        f"{trials:,} trials of one model: intervals say how far luck reaches, not how right the model is.",
        "Bulk flows have fixed shares of a link and borrow nothing from each other.",
        "Messages under way when something changes are not touched by the change.",
    ]
    notes += [
        f"Fault {name} took effect in {count:,} of {trials:,} trials."
        for name, count in fired.items()
        if count < trials
    ]
    if scenario.faults and not _drawn(scenario):
        notes.append(
            "Faults come at fixed times and no delay of people is drawn: trials differ by load and network."
        )
    if not scenario.sla:
        notes.append("No objective was given: nothing was judged.")
    return notes


def _drawn(scenario: Scenario) -> bool:
    """Return whether what goes wrong, or how long people take, differs from trial to trial."""
    times = [time for fault in scenario.faults.values() for time in (fault.at, fault.duration)]
    decisions = [database.failover.decision for database in scenario.databases.values()]
    return any(time is not None and not time.is_constant for time in [*times, *decisions])
