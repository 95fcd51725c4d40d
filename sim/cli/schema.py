"""``sim schema``: the JSON Schema of scenarios, and of what a run says."""

import json

import click

from sim.cli.screen import emit


@click.command(short_help="Print the JSON Schema of scenarios, or of run.json.")
@click.argument("of", type=click.Choice(["scenario", "run"]), default="scenario")
def command(of: str) -> int:
    """Print the JSON Schema of scenarios, for editors that complete and check while you type.

    With `run` that of `run.json` and of `sim run --json`: each field with a sentence and its unit.
    """
    if of == "run":
        from sim.report.schema import schema
    else:
        from sim.spec.resolve import schema
    emit(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
    return 0
