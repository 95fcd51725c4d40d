"""``sim faults``: the catalogue of faults."""

from difflib import get_close_matches
from typing import Any

import click
from click.shell_completion import CompletionItem

from sim.cli.screen import emit


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the kinds that begin with what was typed."""
    from sim.spec.resolve import fault_catalogue

    return [CompletionItem(kind) for kind in fault_catalogue() if kind.startswith(incomplete)]


@click.command(short_help="List the faults that a scenario can contain.")
@click.argument("kind", required=False, shell_complete=_complete)
def command(kind: str | None) -> int:
    """List the faults that a scenario can contain or, with KIND, the fields of one."""
    from sim.report.page import plain
    from sim.spec.resolve import fault_catalogue

    catalogue = fault_catalogue()
    if kind is not None and kind not in catalogue:
        near = get_close_matches(kind, catalogue, n=1) or sorted(catalogue)
        raise click.BadParameter(f"there is no {kind!r}; try {', '.join(near)}", param_hint="KIND")
    emit(plain([_list(catalogue) if kind is None else _fields(kind, catalogue[kind])]))
    return 0


def _list(catalogue: dict[str, Any]) -> Any:
    """Return the page of all kinds."""
    from sim.report.page import ReportSection, ReportTable

    rows = tuple((kind, _plain(entry["summary"])) for kind, entry in catalogue.items())
    return ReportSection(
        "", (ReportTable(("fault", "what it does"), rows), "", "sim faults KIND shows the fields of one.")
    )


def _fields(kind: str, entry: dict[str, Any]) -> Any:
    """Return the page of one kind."""
    from sim.report.page import ReportSection, ReportTable

    rows = tuple(
        (
            name,
            "required" if field["required"] else "",
            str(field["type"]),
            str(field.get("default") or ""),
            field["what"],
        )
        for name, field in entry["fields"].items()
    )
    table = ReportTable(("field", "", "type", "default", "what it says"), rows)
    return ReportSection(kind, (_plain(entry["summary"]), "", table))


def _plain(summary: str) -> str:
    """Return a docstring's line without its quotes around names."""
    return summary.replace("``", "")
