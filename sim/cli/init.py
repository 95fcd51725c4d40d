"""``sim init``: a scenario to start from."""

from pathlib import Path

import click

from sim.cli.screen import warn


@click.command(short_help="Write a commented scenario to start from.")
@click.argument("file", default="scenario.yaml", type=click.Path(dir_okay=False))
def command(file: str) -> int:
    """Write a small commented scenario to FILE (scenario.yaml), to start from. Never overwrites."""
    from sim.spec.resolve import starter

    path = Path(file)
    try:
        with path.open("x", encoding="utf-8") as new:
            new.write(starter())
    except FileExistsError as error:
        raise click.BadParameter(f"{path} exists already; name another file.", param_hint="FILE") from error
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint="FILE") from error
    warn(f"Wrote {path}. Next: sim run {path}")
    return 0
