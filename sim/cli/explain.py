"""``sim explain``: why a run came out as it did, which records are lost, where one transaction went."""

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import outputs
from sim.cli.screen import emit, tell_of_kernels, width
from sim.core.identity import BITS, LIMITS, pack_rid, pack_version
from sim.report.page import plain

if TYPE_CHECKING:
    from sim.journal.recorder import Reducer
    from sim.measure.platform.record_trace import Tap
    from sim.report.page import ReportSection
    from sim.spec.scenario import Scenario

FORMS = ("table", "csv", "json", "parquet")
_RECORD = re.compile(
    r"(?P<domain>[^:@#/]+)"
    r"(?::(?P<rid>\d+)|@(?P<timeline>\d+):(?P<lsn>\d+)|/(?P<stream>.+)#(?P<seq>\d+))"
)


@click.command(short_help="Say why a run came out as it did, and which records are lost.")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="RUN")
@click.option("--of", "of", metavar="NAME", help="One capability, as orders.write. Default: the slowest.")
@click.option("--lost", is_flag=True, default=False, help="List lost records, ghosts and duplicates.")
@click.option(
    "--format", "form", type=click.Choice(FORMS), help="With --lost: how. Default: a table, of ranges."
)
@click.option("-o", "--output", "output", metavar="FILE", help="With --lost: write there, not to stdout.")
@click.option(
    "--record", "named", metavar="ID", help="orders:<rid>, orders@<timeline>:<number> or orders/<stream>#<n>."
)
@click.option("--dashboard", metavar="NAME", help="An insight of the scenario.")
@click.option("--at", "moment", metavar="TIME", help="When, since the start. Default: the end of the run.")
def command(run: Path, **given: Any) -> int:
    """Say in words why the trial of the run folder RUN came out as it did.

    Why its recovery took so long and what would shorten it most, why records are lost and which setting would
    have saved them; with --lost, which records these are. Nothing is run again for that. --record follows one
    transaction, --dashboard says what a figure rests on: for these the trial is run again, and must give the
    journal that run.json names, to the bit; --record reads the journal where the run kept it.
    """
    asked = [name for name in ("of", "lost", "named", "dashboard") if given[name]]
    if len(asked) > 1:
        raise click.UsageError("give one of --of, --lost, --record and --dashboard")
    if given["moment"] is not None and given["dashboard"] is None:
        raise click.UsageError("--at belongs to --dashboard")
    if not given["lost"] and (given["form"] or given["output"]):
        raise click.UsageError("--format and -o belong to --lost")
    if given["lost"]:
        return _lost(run, given["form"] or "table", given["output"])
    follows = given["named"] is not None or given["dashboard"] is not None
    page = _followed(run, given) if follows else _why(run, given["of"])
    emit(plain(page, width(sys.stdout)))
    return 0


def _why(run: Path, of: str | None) -> "list[ReportSection]":
    """Return why; click.BadParameter for a capability that there is not."""
    from sim.report.why.page import page

    found, resolved = _document(run), _resolved(run)
    if of is not None and of not in found["recovery"]:
        known = ", ".join(found["recovery"])
        raise click.BadParameter(f"no capability {of!r}; there are {known}", param_hint="--of")
    return page(found, resolved, folder=shlex.quote(str(run)), of=of)


def _followed(run: Path, given: dict[str, Any]) -> "list[ReportSection]":
    """Look at one transaction in the journal that was kept, or else run again; or at one dashboard."""
    from sim.report.explain import dashboard as rests_on
    from sim.report.explain import record as went

    found, resolved = _document(run), _resolved(run)
    if given["named"] is not None:
        tap = _tap(resolved, given["named"])
        if not _read_again(run, tap):
            _rerun(resolved, found, tap)
        return went(tap)
    rests = _rests(resolved, str(given["dashboard"]), given["moment"])
    _rerun(resolved, found, rests)
    return rests_on(rests)


def _lost(run: Path, form: str, output: str | None) -> int:
    """Print, or write, the table of missing records."""
    from sim.report import lost
    from sim.report.missing import FILE

    target = outputs.file(output, "-o")
    if form == "parquet" and target is None:
        raise click.UsageError("parquet is for files: give -o FILE")
    _document(run)
    try:
        table = lost.table(run)
    except FileNotFoundError as error:
        why = f"{run} has no {FILE}: it was made by an earlier version; run the scenario again"
        raise click.BadParameter(why, param_hint="RUN") from error
    if form == "table":
        text = plain(lost.page(table, folder=shlex.quote(str(run))), width(sys.stdout))
        return _told(text, target)
    if form == "parquet":
        assert target is not None, "it was asked for"
        lost.copy(table, target)
        return 0
    return _told(lost.WRITERS[form](table), target)


def _told(text: str, target: Path | None) -> int:
    if target is None:
        emit(text)
    else:
        outputs.written(target, text)
    return 0


def _document(run: Path) -> dict[str, Any]:
    """Return run.json of a run folder. click.BadParameter for that of a study."""
    from sim.report.opened import opened

    found = opened(run)
    if found.kind != "run":
        raise click.BadParameter(f"{run} holds a study; name the folder of a run", param_hint="RUN")
    return found.document


def _resolved(run: Path) -> "Scenario":
    """Return the scenario of a run folder."""
    from sim.spec.resolve import load, resolve

    return resolve(load(str(run / "scenario.yaml")))


def _read_again(run: Path, tap: "Tap") -> bool:
    """Show a reducer of one store the journal that was kept with a run; return whether there is one."""
    from sim.journal.parquet import read_milestones, read_slices
    from sim.report.opened import journal_of

    journal = journal_of(run, f"{tap.domain}/", "milestones")
    if journal is None:
        return False
    for part in read_slices(journal, tap.domain):
        tap.fold(part)
    tap.finish(*read_milestones(journal))
    return True


def _rerun(resolved: "Scenario", found: dict[str, Any], reducer: "Reducer") -> None:
    from sim.trial import rerun

    tell_of_kernels()
    digest = rerun(resolved, [reducer], seed=found["seed"], trial=found["trial"])
    if digest != found["journal_digest"]:
        raise click.ClickException(
            f"the rerun gives another journal ({digest[:12]}) than the run ({found['journal_digest'][:12]}): "
            "it was made by another version of sim"
        )


def _tap(resolved: "Scenario", named: str) -> Any:
    """Return the reducer for one record. click.BadParameter for a name that is none."""
    from sim.measure.platform.record_trace import Tap

    match = _RECORD.fullmatch(named)
    if match is None or match["domain"] not in resolved.databases:
        known = ", ".join(sorted(resolved.databases))
        raise click.BadParameter(f"{named!r} is no record of {known}", param_hint="--record")
    regions = sorted(resolved.regions)
    if match["timeline"] is not None:
        timeline, lsn = _number(match["timeline"], "timelines"), _number(match["lsn"], "commits")
        version = pack_version(timeline, lsn)
        return Tap(match["domain"], regions, version=version)
    rid = _number(match["rid"], "rid") if match["rid"] is not None else _rid(resolved, match)
    return Tap(match["domain"], regions, rid=rid)


def _number(text: str, what: str) -> int:
    """Return a part of a record's name. click.BadParameter beyond its limit, where it would name another."""
    most = LIMITS.get(what, 2**BITS - 1)
    if int(text) > most:
        raise click.BadParameter(f"{text} is beyond what there can be, {most:,}", param_hint="--record")
    return int(text)


def _rid(resolved: "Scenario", match: re.Match[str]) -> int:
    """Return the operation of a stream and a sequence number."""
    from sim.models.store.workload import streams_of

    names = [stream.name for stream in streams_of(resolved, match["domain"], {})]
    name = f"{match['domain']}/{match['stream']}"
    if name not in names:
        raise click.BadParameter(f"no stream {name!r}; there are {', '.join(names)}", param_hint="--record")
    return int(pack_rid(names.index(name), _number(match["seq"], "operations")))


def _rests(resolved: "Scenario", name: str, moment: str | None) -> Any:
    """Return the reducer for one dashboard. click.BadParameter if there is none of that name."""
    from sim.core.quantity import QuantityError, parse_duration
    from sim.measure.lake.dashboard_basis import Rests
    from sim.measure.platform.setup import path_setup_of

    if name not in resolved.insights:
        known = ", ".join(sorted(resolved.insights)) or "none"
        raise click.BadParameter(f"no insight {name!r}; there are {known}", param_hint="--dashboard")
    try:
        at_ns = resolved.duration if moment is None else int(parse_duration(moment))
    except QuantityError as error:
        raise click.BadParameter(str(error), param_hint="--at") from error
    setups = [path_setup_of(resolved, domain) for domain in resolved.insights[name].reads]
    return Rests(name, [setup for setup in setups if setup is not None], min(at_ns, resolved.duration))
