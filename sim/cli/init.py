"""``sim init``: a scenario of what somebody has, to start from."""

import json
import re
from collections.abc import Collection
from pathlib import Path

import click

from sim.cli.screen import warn

_STORE = re.compile(r"([^=]*)(?:=(.*))?")
_LATENCY = re.compile(r"([^/=]+)/([^/=]+)=(.+)")


@click.command(short_help="Write a commented scenario of your platform to start from.")
@click.argument("file", default="scenario.yaml", type=click.Path(dir_okay=False))
@click.option("--name", "title", default="My first drill", metavar="TEXT", help="What it is called.")
@click.option(
    "--region", "regions", multiple=True, metavar="NAME",
    help="A region; repeatable. All is written in the first. Default: us-east, us-west, eu-west.",
)  # fmt: skip
@click.option(
    "--store", "stores", multiple=True, metavar="NAME[=WRITES]",
    help="A database and what is written to it, as in orders=50/s; repeatable.",
)  # fmt: skip
@click.option(
    "--latency", "latencies", multiple=True, metavar="A/B=TIME",
    help="One way between two regions, as in us-east/us-west=32ms; repeatable.",
)  # fmt: skip
@click.option("--bus/--no-bus", default=True, help="Events of every write, mirrored and read. Default: with.")
@click.option("--lake/--no-lake", default=True, help="A lakehouse and a dashboard on the bus. Default: with")
def command(
    *, file: str, title: str, regions: tuple[str, ...], stores: tuple[str, ...], latencies: tuple[str, ...],
    bus: bool, lake: bool,
) -> int:  # fmt: skip
    """Write a commented scenario to FILE (scenario.yaml), to start from, and its schema for editors.

    It has regions, clients, databases, bus, lake, a drill, objectives and a study, and runs at once. What it
    does not know of your platform is a default. Never overwrites.
    """
    from sim.spec.starter import REGIONS, SCHEMA, Outline, starter

    databases = [_store(text) for text in stores] or [("orders", "50/s")]
    _check_names("--region", regions)
    _check_names("--store", [name for name, _ in databases])
    outline = Outline(
        title=title,
        regions=regions or REGIONS,
        stores=dict(databases),
        latency=_latencies(latencies, regions or REGIONS),
        bus=bus,
        lake=bus and lake,
    )
    path, text = Path(file), starter(outline)
    _check(text)
    _write(path, text)
    schema = path.with_name(SCHEMA)
    if not schema.exists():
        _write(schema, _schema())
    warn(f"Wrote {path}, and {schema} for editors. Next: sim run {path}")
    return 0


def _store(text: str) -> tuple[str, str]:
    name, writes = _STORE.fullmatch(text).groups()  # type: ignore[union-attr]  # it matches all
    return name, writes or "50/s"


def _latencies(texts: tuple[str, ...], regions: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Return pair of regions, in the order of their names -> one way."""
    found = {}
    for text in texts:
        match = _LATENCY.fullmatch(text)
        if match is None:
            raise click.BadParameter(f"{text!r} is not A/B=TIME", param_hint="--latency")
        a, b, time = match.groups()
        strange = [region for region in (a, b) if region not in regions]
        if strange or a == b:
            why = f"no region {strange[0]!r}; there are {', '.join(regions)}" if strange else "two regions"
            raise click.BadParameter(f"{text!r}: {why}", param_hint="--latency")
        found[min(a, b), max(a, b)] = time
    return found


def _check_names(hint: str, names: Collection[str]) -> None:
    from sim.spec.types import NAME_PATTERN

    for name in names:
        if not re.match(NAME_PATTERN, name):
            raise click.BadParameter(f"{name!r} is no name: letters, digits, - and _", param_hint=hint)
    if len(set(names)) < len(names):
        raise click.BadParameter(f"{', '.join(names)}: one of them twice", param_hint=hint)


def _check(text: str) -> None:
    """UsageError with what is wrong with a scenario that flags have made."""
    from sim.spec.starter import wrong

    problems = wrong(text)
    if problems:
        raise click.UsageError("; ".join(problems))


def _schema() -> str:
    from sim.spec.resolve import schema

    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError as error:
        raise click.BadParameter(f"{path} exists already; name another file.", param_hint="FILE") from error
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint="FILE") from error
