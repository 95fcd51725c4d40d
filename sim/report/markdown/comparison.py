"""Two runs, or two studies on the same draws, on one screen: objectives first, then recovery and loss."""

from collections.abc import Iterable

from sim.report.brief import took, value_of
from sim.report.compare import comparable, difference, figure_of, parted
from sim.report.markdown.run import shown, verdict
from sim.report.markdown.study import Document, asks, met, share
from sim.report.markdown.text import code, document, text
from sim.report.opened import Opened
from sim.report.quantities import NOTHING, count, plural, span
from sim.report.review.folder import review_of_folder
from sim.report.review.records import Review

SHOWN = 10  # rows of a table


def of_comparison(before: Opened, after: Opened) -> str:
    """Return two runs, or two studies, in Markdown. SpecError if the studies cannot be compared."""
    parts = _runs(before, after) if before.kind == "run" else _studies(before, after)
    names = [text(one.document["scenario"]) for one in (before, after)]
    head = f"### {before.document['verdict'].upper()} before, {after.document['verdict'].upper()} after"
    what = " against ".join(dict.fromkeys(names))
    digests = " and ".join(f"`{one.folder.name}`" for one in (before, after))
    return document((f"{head}: {what}", *parts, f"Before and after are the folders {digests}."))


def _runs(before: Opened, after: Opened) -> list[str]:
    """Return the objectives, recoveries and losses of two runs side by side."""
    reviews = [review_of_folder(one) for one in (before, after)]
    same = before.document["seed"] == after.document["seed"]
    note = "One trial of each" + (
        ", of the same seed." if same else ", of different seeds: chance differs as well."
    )
    return [
        note,
        _table("objective", map(_judged, reviews), "No objectives are set."),
        _table("recovery of", map(_recovered, reviews), ""),
        _table("records lost of", map(_lost, reviews), ""),
    ]


def _judged(review: Review) -> dict[str, str]:
    return {row.id: f"{verdict(row.verdict)}, {value_of(row)}" for row in review.objectives}


def _recovered(review: Review) -> dict[str, str]:
    return {row.name: took(row) for row in review.capabilities}


def _lost(review: Review) -> dict[str, str]:
    return {row.name: span(*row.records, count) for row in review.stores}


def _table(what: str, sides: Iterable[dict[str, str]], nothing: str) -> str:
    """Return what both sides say, what differs first; a dash where one side says nothing."""
    then, now = sides
    names = list(dict.fromkeys((*now, *then)))
    pairs = {name: (then.get(name, NOTHING), now.get(name, NOTHING)) for name in names}
    names.sort(key=lambda name: pairs[name][0] == pairs[name][1])
    rows = [(code(name), *pairs[name]) for name in names]
    return shown((what, "before", "after"), rows, SHOWN) if rows else nothing


def _studies(before: Opened, after: Opened) -> list[str]:
    """Return objectives, and paired differences of two studies."""
    from sim.studies.compare import differences
    from sim.studies.reading import trials_of

    comparable(before, after)
    found = differences(*(trials_of(one.folder)[0] for one in (before, after)))
    first, _ = parted(found)
    moved = sorted((one for one in first if one.differs), key=lambda one: one.name)
    rows = [(code(figure_of(one)), difference(one)) for one in moved]
    others = sum(one.differs for one in found) - len(moved)
    trials = [plural(one.document["trials"], "trial") for one in (before, after)]
    return [
        f"{trials[0]} before, {trials[1]} after, on the same draws.",
        _rulings(before, after),
        shown(("figure", "after - before, 95 % interval"), rows, SHOWN)
        if rows
        else "Recovery and loss cannot be told apart.",
        f"{plural(others, 'other figure')} differ." if others else "",
    ]


def _rulings(before: Opened, after: Opened) -> str:
    """Return the objectives of two studies side by side, those whose verdict changes first."""
    sides = [{one["id"]: one for one in side.document["points"][0]["sla"]} for side in (before, after)]
    ids = list(dict.fromkeys((*sides[1], *sides[0])))
    ids.sort(
        key=lambda i: i in sides[0] and i in sides[1] and sides[0][i]["verdict"] == sides[1][i]["verdict"]
    )
    rows = [(code(i), *_asked([side.get(i) for side in sides])) for i in ids]
    head = ("objective", "asks", "before", "after")
    return shown(head, rows, SHOWN) if rows else "No objectives are set."


def _asked(sides: list[Document | None]) -> tuple[str, str, str]:
    """Return what an objective asks for, of the side that has it last, and what came of it on both."""
    last = next(one for one in reversed(sides) if one is not None)
    before, after = map(_ruling, sides)
    return asks(last), before, after


def _ruling(one: Document | None) -> str:
    return NOTHING if one is None else f"{verdict(one['verdict'])}, {met(one)}, {share(one)}"
