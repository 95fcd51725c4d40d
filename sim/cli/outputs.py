"""Places to write to, looked at before time is spent on what is to be written there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


def file(name: str | None, hint: str) -> Path | None:
    """Return the file ``name`` for a result, its folder made if need be; None without a name.

    click.BadParameter, for the option or variable ``hint``, if it cannot be written.
    """
    if not name:
        return None
    path = Path(name)
    with _refusing(path, hint):
        if path.is_dir():
            raise click.BadParameter(f"{path} is a folder, and a file is to be written", param_hint=hint)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise click.BadParameter(f"{path} cannot be written to", param_hint=hint)
    return path


def folder(target: Path) -> Path:
    """Return ``target``, a folder that is to appear; that which it lies in is made if need be.

    click.BadParameter, for ``--out``, if it cannot be written.
    """
    inside = target.parent
    with _refusing(inside, "--out"):
        inside.mkdir(parents=True, exist_ok=True)
        if not os.access(inside, os.W_OK | os.X_OK):
            raise click.BadParameter(f"{inside} cannot be written to", param_hint="--out")
        if target.exists() and not target.is_dir():
            raise click.BadParameter(
                f"{target} is a file, where a folder is to be written", param_hint="--out"
            )
    return target


@contextmanager
def _refusing(path: Path, hint: str) -> Iterator[None]:
    """Make what the machine says against a path an error of whatever named it."""
    try:
        yield
    except FileExistsError as error:
        raise click.BadParameter(f"{path}: a file is where a folder must be", param_hint=hint) from error
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint=hint) from error


def written(path: Path, text: str, *, append: bool = False) -> None:
    """Write a result. click.ClickException if that has become impossible meanwhile."""
    try:
        with path.open("a" if append else "w", encoding="utf-8", errors="backslashreplace") as out:
            out.write(text)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
