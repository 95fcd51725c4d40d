"""What readers saw: stale reads and broken session guarantees, with the first example of each."""

from collections.abc import Mapping

from sim.core.identity import lsn_of, timeline_of
from sim.measure.store.figures import ConsistencyFigures, GuaranteeFigures, Violation
from sim.outcome import Outcome
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import clock, count, duration, percent

# guarantee -> what the operation that broke it did, and what of the same session it contradicts
GUARANTEES = {
    "read_your_writes": ("read", "though it had written"),
    "monotonic_reads": ("read", "though it had already read"),
    "monotonic_writes": ("wrote", "which comes before its own earlier write"),
    "writes_follow_reads": ("wrote", "which comes before what it had read,"),
}
# Enough to see what kind of thing goes wrong; run.json has one for each.
WITNESSES_MAX = 4


def consistency(outcome: Outcome) -> list[ReportSection]:
    """Return staleness and the four session guarantees of each store, one row a store."""
    stores = outcome.figures.consistency
    stale = ReportTable(
        ("store", "reads", "stale", "share", "age p99", "age worst", "versions behind"),
        tuple((name, *_staleness(f)) for name, f in stores.items()),
        frozenset(range(1, 7)),
    )
    broken = ReportTable(
        ("promises broken", *(g.replace("_", " ") for g in GUARANTEES)),
        tuple(
            (name, *(count(_guarantee(f, g).violations) for g in GUARANTEES)) for name, f in stores.items()
        ),
        frozenset(range(1, 5)),
    )
    guarantees = [_guarantee(f, g) for f in stores.values() for g in GUARANTEES]
    if any(g.violations for g in guarantees):
        return [ReportSection("Consistency", (stale, "", broken, *_witnesses(stores)))]
    judged = any(g.judged for g in guarantees)
    none = "- No session saw a promise broken." if judged else "- No session could have seen one broken."
    return [ReportSection("Consistency", (stale, none))]


def _staleness(figure: ConsistencyFigures) -> tuple[str, ...]:
    """Return the columns of staleness; a store nobody read says so by dashes."""
    return (
        count(figure.reads),
        count(figure.stale_reads),
        percent(figure.stale_fraction),
        duration(figure.staleness_p99_s),
        duration(figure.staleness_max_s),
        count(figure.versions_behind_max),
    )


def _guarantee(figure: ConsistencyFigures, name: str) -> GuaranteeFigures:
    found: GuaranteeFigures = getattr(figure, name)
    return found


def _witnesses(stores: Mapping[str, ConsistencyFigures]) -> list[str]:
    """Tell the first examples of what went wrong, guarantee by guarantee."""
    lines = [
        f"- {name}, {guarantee.replace('_', ' ')}: {_told(guarantee, witness)}"
        for guarantee in GUARANTEES
        for name, figure in stores.items()
        if (witness := _guarantee(figure, guarantee).witness) is not None
    ]
    return lines[:WITNESSES_MAX]


def _told(guarantee: str, witness: Violation) -> str:
    """Write one violation as a sentence."""
    did, though = GUARANTEES[guarantee]
    now, before = version_words(witness.version), version_words(witness.earlier_version)
    return f"at {clock(witness.send_ns)} a session {did} {now} of key {witness.key}, {though} {before}"


def version_words(version: int) -> str:
    """Write a version as timeline and position in the log."""
    return f"version {timeline_of(version)}/{lsn_of(version)}" if version else "nothing"
