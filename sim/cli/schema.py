"""``sim schema``: the JSON Schema of scenarios."""

import json

import click

from sim.cli.screen import emit


@click.command(short_help="Print the JSON Schema of scenarios, for editors.")
def command() -> int:
    """Print the JSON Schema of scenarios, for editors that complete and check while you type."""
    from sim.spec.resolve import schema

    emit(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
    return 0
