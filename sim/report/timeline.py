"""Milestones as a story: what happened to several subjects at about the same time is one line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.core.milestones.declaration import Declaration, Subject
from sim.core.milestones.faults import FaultStarted
from sim.journal.milestones import Milestone, read_milestone
from sim.report.page import ReportTable
from sim.report.quantities import clock, since

S = 1_000_000_000
LINES_MAX = 24
NAMES_MAX = 4
# How far apart milestones of one kind may lie and share a line: the first that makes the story short enough.
SPANS_NS = (10 * S, 30 * S, 60 * S, 300 * S)


@dataclass(frozen=True, slots=True)
class TimelineScene:
    """Milestones of one kind that lie close together, in order of time."""

    kind: Declaration
    milestones: tuple[Milestone, ...]


def milestones_of(document: Mapping[str, Any]) -> list[Milestone]:
    """Return the milestones of a run's document."""
    return [read_milestone({**one, "at_ns": round(one["at_s"] * S)}) for one in document["milestones"]]


def story(
    milestones: list[Milestone], *, origin_ns: int | None, lines_max: int = LINES_MAX
) -> list[str | ReportTable]:
    """Return the table of what happened and, if need be, a line that says how much was left out.

    The table has at most ``lines_max`` rows.
    ``origin_ns`` is the moment that the second column counts from, or None for no such column.
    """
    scenes, hidden = shorten(milestones, lines_max)
    domains = whole_domains(milestones)
    rows = tuple(_row(scene, origin_ns, domains) for scene in scenes)
    head = ("time", "since fault", "what") if origin_ns is not None else ("time", "what")
    pieces: list[str | ReportTable] = [ReportTable(head, rows, frozenset({0}))]
    if hidden:
        pieces.append(
            f"({hidden} smaller steps left out; milestones.parquet in the run folder has every one)"
        )
    return pieces


def whole_domains(milestones: list[Milestone]) -> frozenset[str]:
    """Return the domains of which something happened to the whole."""
    return frozenset(m.subject for m in milestones if m.what.kind.of == Subject.STORE)


def shorten(milestones: list[Milestone], lines_max: int) -> tuple[list[TimelineScene], int]:
    """Fold harder until the story is short enough. Return the scenes, and how many milestones are in none."""
    for kept in (milestones, [m for m in milestones if not m.what.kind.implied]):
        for span_ns in SPANS_NS:
            scenes = fold(kept, span_ns)
            if len(scenes) <= lines_max:
                return scenes, len(milestones) - len(kept)
    shown = scenes[:lines_max]
    return shown, len(milestones) - sum(len(scene.milestones) for scene in shown)


def fold(milestones: list[Milestone], span_ns: int) -> list[TimelineScene]:
    """Put milestones of one kind within ``span_ns`` of the first into one scene; scenes by their first.

    Faults of one kind, too: what began is told by that.
    """
    scenes: list[list[Milestone]] = []
    current: dict[tuple[str, str], list[Milestone]] = {}
    for milestone in milestones:
        kind = (milestone.kind, milestone.why if isinstance(milestone.what, FaultStarted) else "")
        scene = current.get(kind)
        if scene is None or milestone.at_ns - scene[0].at_ns > span_ns:
            scene = current[kind] = []
            scenes.append(scene)
        scene.append(milestone)
    return [TimelineScene(scene[0].what.kind, tuple(scene)) for scene in scenes]


def phrase(scene: TimelineScene, domains: frozenset[str] = frozenset()) -> str:
    """Say in one sentence what happened, to whom and why. ``domains``: all of them, to say *every domain*."""
    what, why = parts(scene, domains)
    return f"{what}: {why}" if why else what


def parts(scene: TimelineScene, domains: frozenset[str]) -> tuple[str, str]:
    """Say what happened, to whom, and why: "" where nothing was said of that."""
    subjects = [tuple(m.subject.split("/")) for m in scene.milestones]
    what = scene.kind.sentence.format(
        domains=_domains(subjects, domains),
        nodes=_nodes(subjects, domains),
        second=_names(subjects, 1),
        third=_names(subjects, 2),
        fourth=_names(subjects, 3),
        whole=_whole(subjects),
    )
    reasons = list(dict.fromkeys(m.why for m in scene.milestones if m.why))
    return what, "".join(reasons[:1]) + (", and so on" if len(reasons) > 1 else "")


def _row(scene: TimelineScene, origin_ns: int | None, domains: frozenset[str]) -> tuple[str, ...]:
    """Return when it began, how long after the origin it began and ended, and the sentence."""
    first, last = scene.milestones[0].at_ns, scene.milestones[-1].at_ns
    text = phrase(scene, domains)
    if origin_ns is None:
        return clock(first), text
    after = since(first - origin_ns) if last != origin_ns else ""
    return clock(first), f"{after} to {since(last - origin_ns)}" if last - first >= S else after, text


Subjects = list[tuple[str, ...]]


def _names(subjects: Subjects, part: int) -> str:
    """List the distinct names at one place of the subjects, in order of appearance."""
    return _listed(list(dict.fromkeys(subject[part] for subject in subjects if len(subject) > part)))


def _whole(subjects: Subjects) -> str:
    """Name the subjects themselves, the first of them if there are many."""
    names = list(dict.fromkeys("/".join(subject) for subject in subjects))
    return _listed(names) if len(names) <= NAMES_MAX else f"{names[0]} and {len(names) - 1} more"


def _domains(subjects: Subjects, domains: frozenset[str]) -> str:
    """List the domains, or say that it is every one."""
    names = list(dict.fromkeys(subject[0] for subject in subjects))
    return "every domain" if len(names) > 1 and domains == set(names) else _listed(names)


def _nodes(subjects: Subjects, domains: frozenset[str]) -> str:
    """List ``orders in us-west; payments in eu-west``; domains that share a region share its mention."""
    places: dict[str, Subjects] = {}
    for subject in subjects:
        places.setdefault(subject[-1], []).append(subject)
    return "; ".join(f"{_domains(there, domains)} in {region}" for region, there in places.items())


def _listed(names: list[str]) -> str:
    """Write names as a list in a sentence."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
