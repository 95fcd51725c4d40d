"""Options that several commands share."""

import click

from sim.cli.find import complete

scenario = click.argument("scenario", shell_complete=complete)
overlays = click.option(
    "-f",
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Merge this file over the scenario. Can be repeated; later ones win.",
)
sets = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set one value, as in --set faults.power.at=45m. Can be repeated.",
)
