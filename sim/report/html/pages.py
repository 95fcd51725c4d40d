"""The format ``html`` of ``sim report``: one page that opens from disk."""

from sim.report.html.run.page import of_run as of_run
from sim.report.opened import Opened


def of_study(found: Opened) -> str:
    """Return the page of a study. OSError without its tables."""
    from sim.report.html.study_page import page

    return page(found.document, found.folder)


def of_comparison(before: Opened, after: Opened) -> str:
    """Return the page of two runs, or of two studies on the same draws.

    SpecError if they cannot be compared; OSError without tables of studies.
    """
    from sim.report.html import comparison, two_runs

    page = two_runs.page if before.kind == "run" else comparison.page
    return page(before, after)
