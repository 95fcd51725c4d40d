"""The review of a run that lies in a folder."""

import shlex

from sim.report.opened import Opened
from sim.report.review.records import Review
from sim.report.review.review import review_of


def review_of_folder(opened: Opened) -> Review:
    """Return the review of a folder's run; its commands name the folder and the scenario in it."""
    source, folder = (shlex.quote(str(path)) for path in (opened.folder / "scenario.yaml", opened.folder))
    return review_of(opened.document, source=source, folder=folder)
