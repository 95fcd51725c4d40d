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
    wanted = {objective.of for objective in scenario.sla.values()}
    silent = sorted(
        name for name, of in figures["recovery"].items() if name in wanted and not of["operations"]
    )
    if silent:
        notes.append(f"No operation was sent for {', '.join(silent)}: objectives on it are undecided.")
    if not scenario.sla:
        notes.append("No objective was given: nothing was judged.")
    return notes
