"""``sim resolve``: the scenario with everything filled in."""

from typing import Any

import click

from sim.cli import find, options
from sim.cli.screen import emit


@click.command(short_help="Print a scenario with every value filled in.")
@options.scenario
@options.overlays
@options.sets
def command(scenario: str, **changes: Any) -> int:
    """Print SCENARIO with every value that the simulation will use, as YAML.

    What it extends is merged in and every default is spelled out. The output is a scenario itself.
    """
    from sim.spec.resolve import dump, load, resolve

    emit(dump(resolve(load(str(find.scenario(scenario)), **changes))))
    return 0
