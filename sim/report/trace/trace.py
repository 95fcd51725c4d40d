"""A run as a trace: who was what in which region, what was down in which phase, faults, lags, what happened.

Each region is a process, with a thread for each store and each part of the data path there. Capabilities,
faults and what has no region are processes of their own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.report.opened import Opened
from sim.report.quantities import duration
from sim.report.roles import roles
from sim.report.span import end_s, resolved, spent, windows
from sim.report.trace.events import TraceEvents, written

Document = Mapping[str, Any]
FAULTS, CAPABILITIES, PLATFORM = "faults", "capabilities", "platform"
TIMES = (
    "ts and dur are microseconds since the start of the run; three decimals make them exact to the nanosecond"
)
COUNTERS = "at risk and age: the greatest value of each step; monitors: the value at each look"


def of_run(opened: Opened) -> str:
    """Return a run as trace-event JSON."""
    return of_document(opened.document)


def of_document(document: Document) -> str:
    """Return the document of a run, as its folder has it, as trace-event JSON: same run, same bytes."""
    trace, regions = TraceEvents(), tuple(resolved(document)["regions"])
    for process in (FAULTS, CAPABILITIES, PLATFORM, *map(_region, regions)):
        trace.process(process)
    _faults(trace, document)
    _capabilities(trace, document)
    _roles(trace, document)
    _milestones(trace, document, regions)
    _lags(trace, document)
    _monitors(trace, document, regions)
    return written(trace, _about(document))


def _about(document: Document) -> dict[str, Any]:
    """Return which run it is, and what its times are."""
    of = {key: document[key] for key in ("scenario", "digest", "seed", "trial", "verdict", "journal_digest")}
    return {**of, "versions": document["versions"], "times": TIMES, "counters": COUNTERS}


def _faults(trace: TraceEvents, document: Document) -> None:
    """Add each time that a fault was in force; one that never healed lasts to the end."""
    for name, began_s, healed_s in windows(document):
        ended_s = end_s(document) if healed_s is None else healed_s
        fired = document["faults"][name]["fired"]
        trace.slice(
            (FAULTS, name), name, (began_s, ended_s), {"took effect": fired, "healed": healed_s is not None}
        )


def _capabilities(trace: TraceEvents, document: Document) -> None:
    """Add each time that a capability was down, and within its worst one the phases."""
    for name, found in document["recovery"].items():
        place = CAPABILITIES, name
        for episode in found["episodes"]:
            ended_s = end_s(document) if episode["recovered_s"] is None else episode["recovered_s"]
            args = {
                "failed requests": episode["failed_requests"],
                "recovered": episode["recovered_s"] is not None,
            }
            trace.slice(place, "down", (episode["started_s"], ended_s), args)
        for phase, began_s, lasted_s in spent(found):
            trace.slice(place, phase, (began_s, began_s + lasted_s), {"lasted": duration(lasted_s)})


def _roles(trace: TraceEvents, document: Document) -> None:
    for role in roles(document):
        trace.slice((_region(role.region), role.store), role.role, (role.began_s, role.ended_s), {})


def _milestones(trace: TraceEvents, document: Document, regions: tuple[str, ...]) -> None:
    """Add what happened, where it happened."""
    for one in document["milestones"]:
        args = {"why": one["why"], "id": one["id"], "cause": one["cause"]}
        trace.instant(_place(one["subject"], regions), one["kind"], one["at_s"], args)


def _place(subject: str, regions: tuple[str, ...]) -> tuple[str, str]:
    """Return process and thread of a milestone's subject: ``orders/us-west`` is store orders in us-west."""
    head, _, last = subject.rpartition("/")
    if head == "fault":
        return FAULTS, last
    if last in regions:
        return _region(last), head or "gateways"
    return PLATFORM, subject


def _region(name: str) -> str:
    """Return the process of a region, which may have any name."""
    return f"region {name}"


def _lags(trace: TraceEvents, document: Document) -> None:
    """Add what a standby lacked, in its region, and how old what each capability showed was."""
    for store, standbys in document["exposure"].items():
        for standby, events in standbys.items():
            found = {event: events[event]["series"] for event in ("crash", "cut")}
            for figure, what in (("records", "records at risk"), ("age_s", "age at risk (s)")):
                trace.counter(_region(standby), f"{store}: {what}", _steps(found, figure))
    for name, found in document.get("freshness", {}).items():
        trace.counter(CAPABILITIES, f"{name}: age (s)", _steps({"age": found["series"]}, "age_s"))


def _monitors(trace: TraceEvents, document: Document, regions: tuple[str, ...]) -> None:
    """Add what monitors showed, beside what was true: of a standby or mirror in its region."""
    for name, found in document.get("monitoring", {}).items():
        last = name.rpartition("/")[2]
        process = _region(last) if found["unit"] == "s" and last in regions else CAPABILITIES
        shown = "shown (s)" if found["unit"] == "s" else "rows behind"
        trace.counter(process, f"{name}: {shown}", _looks(found["series"], "shown"))
        trace.counter(process, f"{name}: true age (s)", _looks(found["series"], "true_age_s"))


def _looks(series: Mapping[str, Any], figure: str) -> Iterator[tuple[float, dict[str, float]]]:
    """Yield (when, s; value) of each look at which there was something to see; 0 as that ends.

    A counter keeps its last value, and a standby that was promoted lags no more.
    """
    before = None
    for number, value in enumerate(series[figure], 1):
        if value is not None or before is not None:
            yield number * series["step_s"], {"value": 0.0 if value is None else value}
        before = value


def _steps(found: Mapping[str, Any], figure: str) -> Iterator[tuple[float, dict[str, float]]]:
    """Yield (began, s; name -> value) of each step of series that have the same steps."""
    step_s = next(iter(found.values()))["step_s"]
    for number, values in enumerate(zip(*(series[figure] for series in found.values()), strict=True)):
        yield number * step_s, dict(zip(found, values, strict=True))
