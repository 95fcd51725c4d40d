"""Where a page's figures come from: seeds, digests, versions, and the commands that make them again."""

from collections.abc import Iterable, Mapping

from sim.report.html.markup import Child, command, el, items, name


def provenance(
    facts: Mapping[str, str],
    versions: Mapping[str, str | None],
    commands: Iterable[str],
    *,
    machine: Mapping[str, str] | None = None,
    where: str = "in this folder",
) -> list[Child]:
    """Return facts, versions and commands; ``machine``: what results may depend on besides;
    ``where``: to be in, for the commands.
    """
    told = {**facts, **{what: number or "not installed" for what, number in versions.items()}}
    rows = (el("div", el("dt", what), el("dd", name(value))) for what, value in told.items())
    parts: list[Child] = [el("dl", *rows, class_="facts")]
    if machine:
        told = {what: value for what, value in machine.items() if value != versions.get(what)}
        rows = (el("div", el("dt", what), el("dd", name(value))) for what, value in told.items())
        parts.append(el("details", el("summary", "The machine"), el("dl", *rows, class_="facts")))
    return [*parts, el("p", f"To make it again, {where}:"), items([command(line) for line in commands])]
