"""``sim schema``: the JSON Schema of scenarios and of what a run says, and the same for people to read."""

import json

import click

from sim.cli.screen import emit


@click.command(short_help="Print what a scenario, or run.json, can hold.")
@click.argument("of", type=click.Choice(["scenario", "run"]), default="scenario")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "md"]),
    default="json",
    show_default=True,
    help="JSON Schema, or Markdown to read.",
)
def command(of: str, form: str) -> int:
    """Print the JSON Schema of scenarios, for editors that complete and check while you type.

    With `run` that of `run.json` and of `sim run --json`. With `--format md` a page for people: every field
    with its unit, its limits, its default and where that is from, in a sentence each.
    """
    emit(_page(of) if form == "md" else json.dumps(_schema(of), indent=2, ensure_ascii=False) + "\n")
    return 0


def _schema(of: str) -> dict[str, object]:
    if of == "run":
        from sim.report.schema import schema
    else:
        from sim.spec.resolve import schema
    return schema()


def _page(of: str) -> str:
    if of == "run":
        from sim.report.reference.run import reference
    else:
        from sim.report.reference.scenario import reference
    return reference()
