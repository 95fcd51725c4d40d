"""What ``sim explain`` prints: where one transaction went, or what a dashboard's figure rests on."""

from sim.measure.lake.dashboard_basis import Basis, Rests
from sim.measure.platform.record_trace import Tap
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import clock, count, duration, since


def record(tap: Tap) -> list[ReportSection]:
    """Return the story of one transaction; ``tap`` has seen the whole run."""
    if not tap.events:
        return [ReportSection("", ("No operation or commit of this run has that name.",))]
    title = f"{tap.domain}:{tap.rid}"
    origin = tap.events[0].at_ns
    rows = tuple((clock(e.at_ns), since(e.at_ns - origin), e.what) for e in tap.events)
    body: list[str | ReportTable] = [ReportTable(("time", "after", "what"), rows, frozenset({0, 1}))]
    if not tap.answered:
        body.append("- Its client had no answer when the run ended.")
    return [ReportSection(title, tuple(body))]


def dashboard(rests: Rests) -> list[ReportSection]:
    """Return what a figure rests on, a row for each domain and region, and where the rest is."""
    at_ns, bases = rests.at_ns, rests.bases()
    rows = tuple(
        (
            basis.region, basis.domain, "never" if basis.refreshed_ns is None else clock(basis.refreshed_ns),
            count(basis.commits), count(basis.records), count(sum(basis.missing.values())),
            "" if basis.oldest_ns is None else duration((at_ns - basis.oldest_ns) / 1e9), _where(basis),
        )
        for basis in sorted(bases, key=lambda basis: (basis.region, basis.domain))
    )  # fmt: skip
    head = ("region", "domain", "refreshed", "commits", "records", "missing", "oldest is", "which are in")
    table = ReportTable(head, rows, frozenset({2, 3, 4, 5, 6}))
    return [ReportSection(f"dashboard.{rests.name} at {clock(at_ns)} rests on", (table,))]


def _where(basis: Basis) -> str:
    return ", ".join(f"{place} {number:,}" for place, number in basis.missing.items())
