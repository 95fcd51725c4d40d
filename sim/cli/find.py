"""Finding scenarios: a path first, then the scenarios that come with the package."""

from difflib import get_close_matches
from pathlib import Path

import click
from click.shell_completion import CompletionItem

SUFFIXES = (".yaml", ".yml")


def packaged() -> Path | None:
    """Return the folder of the scenarios that came with this installation, or None.

    A wheel carries them inside the package; in a checkout they lie beside it.
    """
    package = Path(__file__).resolve().parents[1]
    inside, beside = package / "scenarios", package.parent / "scenarios"
    if inside.is_dir():
        return inside
    return beside if beside.is_dir() and (package.parent / "pyproject.toml").is_file() else None


def names() -> list[str]:
    """Return the names of the packaged scenarios, as ``drills/lose-primary-region``, sorted."""
    folder = packaged()
    if folder is None:
        return []
    return sorted(str(path.relative_to(folder).with_suffix("")) for path in files(folder))


def files(folder: Path) -> list[Path]:
    """Return every YAML file under ``folder``, sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())


def scenario(name: str) -> Path:
    """Return the file that ``name`` stands for. click.BadParameter, with the nearest names, if none."""
    if Path(name).is_file():
        return Path(name)
    folder = packaged()
    if folder is not None:
        plain = name.removeprefix("scenarios/")
        for candidate in (plain, *(plain + suffix for suffix in SUFFIXES)):
            if (folder / candidate).is_file():
                return folder / candidate
    raise click.BadParameter(_missing(name), param_hint="SCENARIO")


def scenarios(name: str) -> list[Path]:
    """Return the scenarios that a path stands for: a file, or a folder of them; also such as come with sim.

    click.BadParameter if there is none.
    """
    folder = _folder(name)
    if folder is None:
        return [scenario(name)]
    found = files(folder)
    if not found:
        raise click.BadParameter(f"no .yaml file in {name}", param_hint="PATH")
    return found


def _folder(name: str) -> Path | None:
    """Return the folder that ``name`` stands for, as ``scenario`` finds files; None if there is none."""
    own, shipped = Path(name), packaged()
    if own.exists() or shipped is None or own.is_absolute() or ".." in own.parts:
        return own if own.is_dir() else None
    parts = own.parts[1:] if own.parts[:1] == ("scenarios",) else own.parts
    folder = shipped.joinpath(*parts)
    return folder if folder.is_dir() else None


def from_root(name: str | Path) -> str:
    """Return a file's path from the root of its repository, however it was named: as build servers know it.

    Without a repository: from the working directory. One that comes with sim: ``scenarios/...``.
    """
    path, shipped = Path(name).resolve(), packaged()
    if shipped is not None and path.is_relative_to(shipped):
        return f"scenarios/{path.relative_to(shipped).as_posix()}"
    repository = (folder for folder in path.parents if (folder / ".git").exists())
    root = next(repository, Path.cwd())
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer folders and YAML files that begin with what was typed, then packaged scenarios."""
    typed = Path(incomplete)
    parent = typed if incomplete.endswith("/") or not incomplete else typed.parent
    found = sorted(parent.glob("*")) if parent.is_dir() else []
    local = [f"{p}/" if p.is_dir() else str(p) for p in found if p.is_dir() or p.suffix in SUFFIXES]
    return [CompletionItem(value) for value in [*local, *names()] if value.startswith(incomplete)]


def _missing(name: str) -> str:
    """Say that there is no such scenario, and what comes closest."""
    if Path(name).is_dir():
        return f"{name} is a folder; name one scenario in it."
    known = names()
    near = get_close_matches(name.removesuffix(".yaml").removeprefix("scenarios/"), known, n=3, cutoff=0.4)
    hint = (
        f"did you mean {' or '.join(near)}?" if near else f"packaged scenarios: {', '.join(known) or 'none'}."
    )
    return f"no file {name!r}, and no packaged scenario of that name; {hint}"
