"""Finding scenarios: a path first, then the scenarios that come with the package."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from sim.spec import shipped


def scenario(name: str) -> Path:
    """Return the file that ``name`` stands for. click.BadParameter, with the nearest names, if none."""
    path = shipped.found(name)
    if path is None:
        raise click.BadParameter(shipped.missing(name), param_hint="SCENARIO")
    return path


def scenarios(name: str) -> list[Path]:
    """Return the scenarios that a path stands for: a file, or a folder of them; also such as come with sim.

    click.BadParameter if there is none.
    """
    folder = _folder(name)
    if folder is None:
        return [scenario(name)]
    found = shipped.files(folder)
    if not found:
        raise click.BadParameter(f"no .yaml file in {name}", param_hint="PATH")
    return found


def _folder(name: str) -> Path | None:
    """Return the folder that ``name`` stands for, as ``scenario`` finds files; None if there is none."""
    own, packaged = Path(name), shipped.packaged()
    if own.exists() or packaged is None or own.is_absolute() or ".." in own.parts:
        return own if own.is_dir() else None
    parts = own.parts[1:] if own.parts[:1] == ("scenarios",) else own.parts
    folder = packaged.joinpath(*parts)
    return folder if folder.is_dir() else None


def from_root(name: str | Path) -> str:
    """Return a file's path from the root of its repository, however it was named: as build servers know it.

    Without a repository: from the working directory. One that comes with sim: ``scenarios/...``.
    """
    path, packaged = Path(name).resolve(), shipped.packaged()
    if packaged is not None and path.is_relative_to(packaged):
        return f"scenarios/{path.relative_to(packaged).as_posix()}"
    repository = (folder for folder in path.parents if (folder / ".git").exists())
    root = next(repository, Path.cwd())
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer folders and YAML files that begin with what was typed, then packaged scenarios."""
    typed = Path(incomplete)
    parent = typed if incomplete.endswith("/") or not incomplete else typed.parent
    found = sorted(parent.glob("*")) if parent.is_dir() else []
    local = [f"{p}/" if p.is_dir() else str(p) for p in found if p.is_dir() or p.suffix in shipped.SUFFIXES]
    return [CompletionItem(value) for value in [*local, *shipped.names()] if value.startswith(incomplete)]
