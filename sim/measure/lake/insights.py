"""Insights: how long one stood without a refresh, and what is missing from its figures at the end."""

from collections.abc import Mapping

from sim.core.quantity import seconds
from sim.core.stages import ANALYTICS
from sim.measure.lake.figures import InsightFigures
from sim.measure.platform.domain import DomainPath
from sim.measure.platform.setup import InsightSetup
from sim.measure.platform.spans import Spans


def insight_figures(domains: Mapping[str, DomainPath]) -> dict[str, dict[str, InsightFigures]]:
    """Return insight -> region -> figures; docs/measures.md defines them."""
    first = next(iter(domains.values()))
    committed = {name: path.line.committed() for name, path in domains.items()}
    return {
        f"dashboard.{name}": {
            first.setup.regions[region]: _figures((name, region), insight, domains, committed)
            for region in insight.regions
        }
        for name, insight in first.setup.insights.items()
    }


def _figures(
    which: tuple[str, int],
    insight: InsightSetup,
    domains: Mapping[str, DomainPath],
    committed: Mapping[str, Spans],
) -> InsightFigures:
    """Return the figures of an insight in a region, ``which``."""
    shown = domains[insight.domains[0]].tables.shown[which]  # refreshes are those of every domain
    counts = [_rests_on(which, domains[of], committed[of]) for of in insight.domains]
    due, missing = (sum(numbers) for numbers in zip(*counts, strict=True))
    return InsightFigures(
        refreshes=shown.refreshes,
        failed=shown.failed,
        longest_s=seconds(shown.longest_ns),
        records=due - missing,
        missing=missing,
        completeness=1 - missing / due if due else None,
    )


def _rests_on(which: tuple[str, int], path: DomainPath, committed: Spans) -> tuple[int, int]:
    """Return how many surviving commits there are up to the newest shown, and how many the table lacks."""
    newest = path.tables.shown[which].newest
    due = Spans() if newest is None else Spans(committed.within(0, newest + 1))
    return len(due), len(due.minus(path.tables.held[ANALYTICS.name, which[1]].watch.stage.delivered))
