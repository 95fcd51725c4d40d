"""A run as its page looks at it: document, review, scenario, and what can be watched, worked out once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.report.html.marks import Window
from sim.report.opened import Opened
from sim.report.replay.happened import ToldMilestone, View, first_view, happenings, views
from sim.report.replay.series import Seen, seen_in
from sim.report.replay.states import States, placed, states
from sim.report.review.records import Review
from sim.report.review.review import review_of
from sim.report.span import end_s, windows

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario


VALUES_MOST = 100_000  # of all series in a page: some 400 kB


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A run and what can be watched of it. Times in seconds since its start."""

    document: Mapping[str, Any]
    scenario: "Scenario"
    review: Review
    end_s: float
    faults: Sequence[Window]
    told: Sequence[ToldMilestone]
    views: Sequence[View]
    states: States
    seen: Seen

    @classmethod
    def of(cls, opened: Opened, scenario: "Scenario") -> "Watched":
        """Work it out; ``scenario``: resolved, that of the folder."""
        document = opened.document
        told = happenings(document)
        seen = seen_in(opened.folder, document).thinned(VALUES_MOST, [one.at_s for one in told])
        return cls(
            document=document,
            scenario=scenario,
            review=review_of(document),
            end_s=end_s(document),
            faults=windows(document),
            told=told,
            views=views(document, told),
            states=states(document, scenario) | placed(seen.places),
            seen=seen,
        )

    @property
    def incident(self) -> View | None:
        """Where to look first, None if no fault struck."""
        return first_view(self.views)
