"""What comes back: a run, a study, a comparison; tables as DataFrames, and what a notebook shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.door import frames, lost_records, study_frames
from sim.report import span

if TYPE_CHECKING:
    import pandas as pd

    from sim.door.scenario import Scenario
    from sim.measure.missing import MissingRange
    from sim.report.review.records import Review
    from sim.studies.tally import PointTally


@dataclass(frozen=True)
class Run:
    """One trial, judged. ``document`` is what ``run.json`` holds (docs/measures.md defines every field).

    Tables are DataFrames, made when they are first asked for; units are in ``attrs["units"]``. A run in
    memory and one opened from its folder give the same. ``missing``: the records that are lost or too many,
    of a run in memory; one in a folder has them there.
    """

    document: Mapping[str, Any] = field(repr=False)
    folder: Path | None = None
    scenario: "Scenario | None" = field(default=None, compare=False)
    missing: "Sequence[MissingRange] | None" = field(default=None, repr=False, compare=False)

    @property
    def verdict(self) -> str:
        """``pass``, ``fail`` or ``inconclusive``."""
        return str(self.document["verdict"])

    @property
    def summary(self) -> str:
        """How long, why, what is lost, and what is closest to its limit: a few sentences."""
        return " ".join([*self.review.sentences, *self.review.limits])

    @property
    def review(self) -> "Review":
        """What a meeting needs: the sentences, objectives, recoveries and losses that tell most first."""
        from sim.report.review.review import review_of

        return review_of(self.document)

    @property
    def end_s(self) -> float:
        """When the run ended, in seconds since its start."""
        return span.end_s(self.document)

    @property
    def faults_were(self) -> list[tuple[str, float, float | None]]:
        """(fault, started_s, healed_s) of each time that a fault was in force; None: it never healed."""
        return span.windows(self.document)

    @property
    def trust(self) -> list[str]:
        """What limits belief in the figures, one sentence each."""
        return list(self.document["trust"])

    @cached_property
    def objectives(self) -> "pd.DataFrame":
        """A row for each objective, in the scenario's order."""
        return frames.objectives(self.document)

    @cached_property
    def recovery(self) -> "pd.DataFrame":
        """A row for each capability: its worst recovery, downtime, failed requests."""
        return frames.recovery(self.document)

    @cached_property
    def episodes(self) -> "pd.DataFrame":
        """A row for each time that a capability was down."""
        return frames.episodes(self.document)

    @cached_property
    def phases(self) -> "pd.DataFrame":
        """A row for each phase of each capability's worst recovery."""
        return frames.phases(self.document)

    @cached_property
    def loss(self) -> "pd.DataFrame":
        """A row for each store: lost and stranded records, with bounds."""
        return frames.loss(self.document)

    @cached_property
    def lost(self) -> "pd.DataFrame":
        """Records that are lost, out of reach, ghosts or there twice: ranges, then records one by one.

        docs/files.md has the columns. SpecError if neither the run nor its folder has them.
        """
        return lost_records.frame(self.missing, self.folder)

    def journal(
        self, table: str, *, store: str | None = None, columns: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Return a table of the journal that was kept, decoded: ``ops``, ``commits``, ``sent/us-west``.

        docs/files.md has tables and columns. Of one store, or of all with their names in ``store``;
        ``columns``: those to read, None: all. A long run has millions of rows: take one store, and the
        columns that are needed. SpecError if the run kept no journal (``keep_journal=True``); ValueError for
        a table, store or column that there is not.
        """
        from sim.door.journal import frame, not_kept

        if self.folder is None:
            raise not_kept("a run in memory")
        return frame(self.folder, table, store=store, columns=columns)

    @cached_property
    def waterfall(self) -> "pd.DataFrame":
        """A row for each store and stage: where its records are at the end."""
        return frames.waterfall(self.document)

    @cached_property
    def freshness(self) -> "pd.DataFrame":
        """A row for each capability of the data path: how old what it shows was."""
        return frames.freshness(self.document)

    @cached_property
    def consistency(self) -> "pd.DataFrame":
        """A row for each store and session guarantee."""
        return frames.consistency(self.document)

    @cached_property
    def staleness(self) -> "pd.DataFrame":
        """A row for each store: how old and how far behind what its reads returned was."""
        return frames.staleness(self.document)

    @cached_property
    def monitors(self) -> "pd.DataFrame":
        """A row for each monitor and fault: what it showed when the fault began, and what was true."""
        return frames.monitors(self.document)

    @cached_property
    def milestones(self) -> "pd.DataFrame":
        """A row for each decision and change of the control plane."""
        return frames.milestones(self.document)

    @cached_property
    def faults(self) -> "pd.DataFrame":
        """A row for each fault."""
        return frames.faults(self.document)

    @cached_property
    def exposure(self) -> "pd.DataFrame":
        """Over time: what a crash or a cut would have cost, by store and standby."""
        return frames.exposure(self.document)

    @cached_property
    def ages(self) -> "pd.DataFrame":
        """Over time: how old what each capability of the data path shows was."""
        return frames.ages(self.document)

    @cached_property
    def success(self) -> "pd.DataFrame":
        """Over time: the share of operations that was answered in time, and how many there were."""
        return frames.success(self.document)

    @cached_property
    def lag(self) -> "pd.DataFrame":
        """Over time: what monitors of standbys and mirrors showed, and what was true."""
        return frames.lag(self.document)

    @cached_property
    def backlog(self) -> "pd.DataFrame":
        """Over time: how many rows consumers were behind, as monitors show it, and how old that was."""
        return frames.backlog(self.document)

    def __repr__(self) -> str:
        """Return verdict, scenario and seed in one line."""
        return f"<Run {self.verdict.upper()}: {self.document['scenario']!r}, seed {self.document['seed']}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: verdict, sentences, objectives."""
        shown = self.objectives.drop(columns=["censored"])
        head = f"<p><b>{escape(self.verdict.upper())}: {escape(str(self.document['scenario']))}</b></p>"
        return f"{head}<p>{escape(self.summary)}</p>{shown.to_html(escape=True, na_rep='-')}"


@dataclass(frozen=True)
class Study:
    """Many trials, opened from their folder. ``document`` is what ``study.json`` holds."""

    document: Mapping[str, Any] = field(repr=False)
    folder: Path

    @property
    def verdict(self) -> str:
        """The worst verdict of all points: ``pass``, ``fail`` or ``inconclusive``."""
        return str(self.document["verdict"])

    @cached_property
    def objectives(self) -> "pd.DataFrame":
        """A row for each point and objective: in how many trials it was met, and the verdict."""
        return study_frames.rulings(self.document)

    @cached_property
    def estimates(self) -> "pd.DataFrame":
        """A row for each point, figure and statistic: value and 95 % interval."""
        return study_frames.estimates(self.document)

    @cached_property
    def frontier(self) -> "pd.DataFrame":
        """A row for each point of a sweep: what it costs and gives, and whether none is better in all."""
        return study_frames.frontier(self.document)

    def knobs(self, figure: str, of: str, *, statistic: str = "p95") -> "pd.DataFrame":
        """Return what each knob of a sweep does to a figure by itself, the one that moves it most first.

        ``figure``, ``of``, ``statistic``: as in ``estimates``. A row for each value of a knob at points where
        only that knob is not at its first value; ``base``: the estimate where all are. Empty without such.
        """
        return study_frames.knobs(self.document, figure=figure, of=of, statistic=statistic)

    def table(self, name: str) -> "pd.DataFrame":
        """Return a table of all trials: trials, objectives, faults, metrics or milestones.

        ValueError for another name.
        """
        import pandas as pd

        from sim.studies.rows import TABLES

        if name not in TABLES:
            raise ValueError(f"no table {name!r}; there are {', '.join(TABLES)}")
        frame = pd.read_parquet(self.folder / f"{name}.parquet")
        frame.attrs["units"] = {column: unit for column, _, unit in TABLES[name] if unit}
        return frame

    def __repr__(self) -> str:
        """Return verdict, scenario and trials in one line."""
        name, trials = self.document["scenario"], self.document["trials"]
        at = f"{trials:,} trials at each of {len(self.document['points'])}"
        return f"<Study {self.verdict.upper()}: {name!r}, {at}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        head = f"<p><b>{escape(self.verdict.upper())}: {escape(str(self.document['scenario']))}</b>"
        trials = f"{self.document['trials']:,} trials of seed {self.document['seed']}"
        return f"{head} ({trials})</p>{self.objectives.to_html(escape=True, na_rep='-')}"


@dataclass(frozen=True)
class Comparison:
    """Two designs on the same draws. ``document`` is what ``sim compare --json`` prints."""

    document: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(
        cls, before: "PointTally", after: "PointTally", *, sides: "tuple[Scenario, Scenario]", trials: int
    ) -> "Comparison":
        """Return the comparison of two studied designs."""
        from sim.report.compare import document
        from sim.report.document import plain
        from sim.studies.compare import differences

        names = {"before": sides[0].command(), "after": sides[1].command()}
        broken = [tally.broke if tally.errors else "" for tally in (before, after)]
        return cls(plain(document(differences(before, after), **names, trials=trials, broken=broken)))

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """A row for each figure that both have: means, paired difference with its 95 % interval."""
        return study_frames.differences(self.document)

    def __repr__(self) -> str:
        """Return both designs and how many figures differ."""
        moved = sum(one["differs"] for one in self.document["differences"])
        return (
            f"<Comparison of {self.document['before']} and {self.document['after']}: {moved} figures differ>"
        )

    def _repr_html_(self) -> str:
        """Return what a notebook shows: what differs."""
        frame = self.differences
        return f"<p>{escape(repr(self))}</p>{frame[frame['differs']].to_html(escape=True, na_rep='-')}"


def opened(folder: Path) -> Run | Study:
    """Return what a folder holds. SpecError as of ``sim.report.opened``."""
    from sim.report.opened import opened as read

    found = read(folder)
    return Run(found.document, folder=folder) if found.kind == "run" else Study(found.document, folder)
