"""Checksums: what is read again is what was written, or it is said that it is not."""

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import file_digest, sha256
from pathlib import Path

SUMS = "SHA256SUMS"  # of a folder, as ``sha256sum --check`` reads it
PAGE = ".html"  # made from the other files, and made anew by newer versions: it is not sealed
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


class Damaged(Exception):
    """A file is not what was written: it was cut short, changed, or made by something else."""


def signed(text: str, name: str) -> str:
    """Return a text to be kept under ``name``, with its checksum in a line before it."""
    return f"{_sum(text, name)}\n{text}"


def opened(kept: str, name: str) -> str:
    """Return the text that ``signed`` was given. Damaged if it is another, or one of another name."""
    checksum, _, text = kept.partition("\n")
    if checksum != _sum(text, name):
        raise Damaged(f"{name} is damaged")
    return text


def seal(folder: Path, known: Mapping[str, str] | None = None) -> None:
    """Write the checksums of all files below a folder into it, but of pages.

    ``known``: those that are known already.
    """
    sums = {name: (known or {}).get(name) or _of_file(folder / name) for name in _files(folder)}
    text = "".join(f"{checksum}  {name}\n" for name, checksum in sums.items())
    (folder / SUMS).write_text(text, encoding="utf-8", errors="surrogateescape")


def sums_of(folder: Path) -> dict[str, str]:
    """Return the checksums that a folder was sealed with, by file. Damaged if there are none."""
    try:
        text = (folder / SUMS).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise Damaged(f"{folder} has no {SUMS}: it is damaged, or was made by an earlier version") from error
    lines = [_LINE.fullmatch(line) for line in text.splitlines()]
    if not lines or not all(lines):
        raise Damaged(f"{folder / SUMS} is damaged")
    return {line[2]: line[1] for line in lines if line is not None}


def verify(folder: Path, *, but: Callable[[str], bool] = lambda _: False) -> None:
    """Read the files that a folder was sealed with, ``but`` some.

    Damaged names the first that is not as it was.
    """
    for name, checksum in sums_of(folder).items():
        if but(name):
            continue
        if not (folder / name).is_file():
            raise Damaged(f"{folder} is damaged: {name} is missing")
        if _of_file(folder / name) != checksum:
            raise Damaged(f"{folder} is damaged: {name} is not what was written")


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != SUMS and path.suffix != PAGE:
            yield path.relative_to(folder).as_posix()


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _sum(text: str, name: str) -> str:
    return sha256(f"{name}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
