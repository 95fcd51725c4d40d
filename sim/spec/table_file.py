"""Tables in files as people have them: CSV with one of four delimiters, gzip, Parquet; the rest is refused.

A file is read in batches, so that memory is bounded whatever it holds.
"""

import csv
import gzip
import io
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, BinaryIO

from sim.spec.text import nearest

ROWS_MAX = 20_000_000
MOMENT, SPAN = "moment", "span"
_LINE_MAX = 2**16  # characters; no cell of one line is longer than csv bears
_BATCH = 2**16
_SHOWN_MAX = 12  # names of columns in a message
_DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)  # Excel's own first line
_DATA = re.compile(r"[-+]?\.?\d[-+\d.,:TZeE]*", re.ASCII)  # what is no name of a column
_REFUSED = (
    (b"PK", "it is a ZIP archive or a workbook", "save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "it is an Excel workbook", "save the sheet as CSV"),
    (b"BZh", "it is compressed with bzip2", "unpack it, or use gzip"),
    (b"\xfd7zXZ", "it is compressed with xz", "unpack it, or use gzip"),
    (b"\x28\xb5\x2f\xfd", "it is compressed with zstd", "unpack it, or use gzip"),
    (b"ARROW1", "it is an Arrow file", "write it as Parquet"),
    (b"\xff\xfe", "it is UTF-16", "save it as CSV UTF-8"),
    (b"\xfe\xff", "it is UTF-16", "save it as CSV UTF-8"),
    (b"{", "it is JSON", "write it as CSV or Parquet"),
    (b"[", "it is JSON", "write it as CSV or Parquet"),
    (b"<", "it is a page of HTML or XML", "save the data as CSV"),
)
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"


class Unreadable(Exception):
    """Why a file cannot be read, as a phrase, and what to do; ``cells``: that of each cell that is wrong."""

    def __init__(self, why: str, hint: str = "", cells: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint
        self.cells = cells

    def told(self, file: str) -> Sequence[tuple[str, str]]:
        """Return (why, hint) of all that is wrong with ``file``."""
        return self.cells or [(f"cannot read {os.path.basename(file)}: {self.why}", self.hint)]


@dataclass(frozen=True, slots=True)
class FileBatch:
    """Some rows: where each stands (``places``, from 1), and the cells of the columns asked for.

    A cell is a text of a CSV file, else what Parquet holds: a number, a text, None; ints in ns of a column in
    ``TableFile.types``.
    """

    places: Sequence[int]
    columns: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class TableFile:
    """An open table: the names of its columns, and its rows in batches.

    ``word`` is what places count: "line" or "row". ``types``: the columns that are MOMENT (ns since 1970) or
    SPAN (ns) by their type. ``batches(names)`` raises Unreadable where the rest cannot be read.
    """

    header: tuple[str, ...]
    batches: Callable[[Sequence[str]], Iterator[FileBatch]]
    word: str = "line"
    types: dict[str, str] = field(default_factory=dict)

    @property
    def found(self) -> str:
        """The columns that are there, for a message."""
        names = ", ".join(repr(name[:40]) for name in self.header[:_SHOWN_MAX])
        more = len(self.header) - _SHOWN_MAX
        return f"its columns are {names}" + (f" and {more} more" if more > 0 else "")


@contextmanager
def opened(file: str) -> Iterator[TableFile]:
    """Give the table in ``file`` while it is open. Raises Unreadable."""
    with there(file), open(file, "rb") as stream:
        yield _table(stream, named=file)


@contextmanager
def there(file: str) -> Iterator[None]:
    """Look whether ``file`` is one, and turn what the system says of it in the block into Unreadable."""
    try:
        _check_kind(os.stat(file).st_mode)
        yield
    except FileNotFoundError as error:
        raise Unreadable(str(error.strerror), _near(file)) from None
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None


def _check_kind(mode: int) -> None:
    if not stat.S_ISREG(mode):  # a pipe or a device might never end
        raise Unreadable("it is a folder" if stat.S_ISDIR(mode) else "it is no regular file")


def _near(file: str) -> str:
    """Return the hint that names a file beside it with nearly that name."""
    folder, name = os.path.split(file)
    beside = os.listdir(folder) if os.path.isdir(folder) and os.access(folder, os.R_OK) else ()
    hint = str(nearest(name, beside)) if beside else ""
    return hint if hint.startswith("did you mean") else ""


def _table(stream: io.BufferedReader, named: str) -> TableFile:
    if stream.peek(4).startswith(_PARQUET):
        return _parquet(stream)
    if named.endswith(".parquet"):
        raise Unreadable("it is no Parquet file")
    if stream.peek(2).startswith(_GZIP):
        stream = io.BufferedReader(gzip.GzipFile(fileobj=stream))
    with _unpacking():
        head = stream.peek(512)[:512]
    for magic, why, hint in _REFUSED:
        if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(magic):
            raise Unreadable(why, hint)
    if head[257:262] == b"ustar":
        raise Unreadable("it is a tar archive", "unpack it")
    return _csv(io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline=""))


@contextmanager
def _unpacking() -> Iterator[None]:
    """Raise Unreadable where a gzip file that is read in the block is damaged."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Unreadable("it is a damaged gzip file") from None


# --- CSV ------------------------------------------------------------------------------------------------


def _csv(text: io.TextIOWrapper) -> TableFile:
    lines = enumerate(_lines(text), 1)
    number, first = next(((n, line) for n, line in lines if line.strip()), (0, ""))
    separator = _SEPARATOR.fullmatch(first)
    if separator:
        number, first = next(lines, (0, ""))
    delimiter = separator[1] if separator else _delimiter(first)
    rest = (line for _, line in lines)
    reader = csv.reader(chain([first], rest), delimiter=delimiter, strict=True)
    rows = _rows(reader, skipped=number - 1)
    _, names = next(rows, (0, []))
    header = _header(names)

    def batches(wanted: Sequence[str]) -> Iterator[FileBatch]:
        at = [header.index(name) for name in wanted]
        body = _fitted(rows, len(header))
        while chunk := list(islice(body, _BATCH)):
            places = [place for place, _ in chunk]
            yield FileBatch(places, {header[i]: [cells[i] for _, cells in chunk] for i in at})

    return TableFile(header, batches)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines, of bounded length and number. Raises Unreadable for what is no text."""
    with _unpacking():
        for number, line in enumerate(iter(lambda: text.readline(_LINE_MAX), ""), 1):
            if len(line) == _LINE_MAX or "\0" in line:
                raise Unreadable(f"line {number} is no line of text")
            if number > 2 * ROWS_MAX:
                raise Unreadable(f"it has more than {2 * ROWS_MAX:,} lines")
            if not line.isascii() and any("\ud800" <= char <= "\udfff" for char in line):
                raise Unreadable(f"line {number} is not UTF-8", "save it as CSV UTF-8")
            yield line


def _delimiter(header: str) -> str:
    """Return the delimiter that gives the most columns; the first of them among equals."""
    return max(_DELIMITERS, key=lambda one: len(next(csv.reader([header], delimiter=one))))


def _rows(reader: Any, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield (line where it ends, cells) of every row that is not blank."""
    try:
        for cells in reader:
            if any(cells) and any(map(str.strip, cells)):
                yield skipped + reader.line_num, cells
    except csv.Error as error:
        raise Unreadable(f"line {skipped + reader.line_num}: {error}", "are all quotes in pairs") from None


def _header(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the columns. Raises Unreadable if these are data, or two are the same."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Unreadable("it is empty")
    words = [word for name in names for word in name.split()]
    if any(_DATA.fullmatch(name) for name in names) or all(_DATA.fullmatch(word) for word in words):
        shown = ", ".join(repr(name[:40]) for name in names[:4])
        raise Unreadable(f"its first line holds data ({shown})", "begin it with the names of the columns")
    return _distinct(names)


def _distinct(names: list[str]) -> tuple[str, ...]:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Unreadable(f"it has two columns {twice[:40]!r}")
    return tuple(names)


def _fitted(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows, each as wide as the header; blank cells beyond it are left out."""
    for count, (place, cells) in enumerate(rows, 1):
        if count > ROWS_MAX:
            raise Unreadable(f"it has more than {ROWS_MAX:,} rows")
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            cells = cells[:width]
        if len(cells) != width:
            why = f"line {place} has {len(cells)} cells and the header {width}"
            raise Unreadable(
                why, "is there a comma in a number, or a quote missing" if len(cells) > width else ""
            )
        yield place, cells


# --- Parquet --------------------------------------------------------------------------------------------


def _parquet(stream: BinaryIO) -> TableFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream)
        schema = file.schema_arrow
    except (pa.ArrowException, OSError):
        raise Unreadable("it is a damaged Parquet file") from None
    if file.metadata.num_rows > ROWS_MAX:
        raise Unreadable(f"it has more than {ROWS_MAX:,} rows")
    header = _distinct([name.strip() for name in schema.names])
    original = dict(zip(header, schema.names, strict=True))
    types = {name: _type(schema.field(original[name]).type) for name in header}

    def batches(wanted: Sequence[str]) -> Iterator[FileBatch]:
        first = 1
        try:
            for part in file.iter_batches(_BATCH, columns=[original[name] for name in wanted]):
                columns = {name: _cells(part.column(original[name]), types[name]) for name in wanted}
                yield FileBatch(range(first, first + part.num_rows), columns)
                first += part.num_rows
        except (pa.ArrowException, OSError):
            why = f"from row {first} on it is damaged, or a time is beyond what ns can hold"
            raise Unreadable(why) from None

    return TableFile(header, batches, "row", {name: kind for name, kind in types.items() if kind})


def _type(kind: Any) -> str:
    from pyarrow import types

    if types.is_timestamp(kind) or types.is_date(kind):
        return MOMENT
    return SPAN if types.is_duration(kind) else ""


def _cells(column: Any, kind: str) -> list[Any]:
    """Return cells as plain Python values, times as ints in ns (not as pandas' types)."""
    import pyarrow as pa

    if kind:
        column = column.cast(pa.timestamp("ns") if kind == MOMENT else pa.duration("ns")).cast(pa.int64())
    cells = column.to_pylist()
    return [str(cell) for cell in cells] if pa.types.is_nested(column.type) else list(cells)
