"""The scenarios that come with the package, and which file a name stands for."""

from difflib import get_close_matches
from pathlib import Path

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


def found(name: str) -> Path | None:
    """Return the file that ``name`` stands for, a path first, then a packaged scenario; None if none."""
    if Path(name).is_file():
        return Path(name)
    folder = packaged()
    if folder is None:
        return None
    plain = name.removeprefix("scenarios/")
    candidates = (folder / candidate for candidate in (plain, *(plain + suffix for suffix in SUFFIXES)))
    return next((path for path in candidates if path.is_file()), None)


def missing(name: str) -> str:
    """Say that there is no such scenario, and what comes closest."""
    if Path(name).is_dir():
        return f"{name} is a folder; name one scenario in it."
    known = names()
    near = get_close_matches(name.removesuffix(".yaml").removeprefix("scenarios/"), known, n=3, cutoff=0.4)
    hint = (
        f"did you mean {' or '.join(near)}?" if near else f"packaged scenarios: {', '.join(known) or 'none'}."
    )
    return f"no file {name!r}, and no packaged scenario of that name; {hint}"
