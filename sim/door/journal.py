"""Tables of a journal that was kept, decoded: names for codes, timeline and number for packed versions.

The files hold what was recorded, bit for bit, because the digest, measures and ``sim explain --record`` read
them again; names follow from those and the scenario, and are looked up here. docs/files.md has the columns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.core.errors import Problem, SpecError
from sim.core.identity import epoch_of, lsn_of, seat_of, seq_of, stream_of, timeline_of
from sim.core.names import PARTS, REPLAY, known_as
from sim.door.frames import unit_of
from sim.journal.parquet import file_of, read_table, tables_of
from sim.journal.schema import DOMAIN_TABLES, KINDS, OUTCOMES, ROLES, columns_of

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario

Array = Any  # of numpy or pandas, (n,)


@dataclass(frozen=True)
class Legend:
    """What the numbers of a table stand for.

    ``streams``: of all stores; ``rids``, ``tags``: where those of its rids and tags begin. ``sessions``: of
    each client of the store.
    """

    regions: Sequence[str]
    clients: Sequence[str]
    streams: Sequence[str]
    rids: int
    tags: int
    sessions: int


Decoder = Callable[[np.ndarray, Legend], Array]


def frame(
    folder: Path, table: str, *, store: str | None = None, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a table of one store, or of all, one after the other; ``columns``: those to read, None: all.

    SpecError if the run kept no journal, or it is damaged; ValueError for a table, store or column that there
    is not.
    """
    from sim.report.opened import journal_of
    from sim.spec.resolve import load, resolve

    scenario = resolve(load(str(folder / "scenario.yaml")))
    stores = _stores(scenario, store)
    journal = journal_of(folder, *(f"{name}/" + file_of(table) for name in stores))
    if journal is None:
        raise not_kept(str(folder))
    wanted = _wanted(table, columns, _heads(journal, scenario, table))
    parts = [_part(journal, scenario, name, table=table, wanted=wanted) for name in stores]
    found = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    found.attrs["units"] = {name: unit for name in found.columns if (unit := unit_of(name))}
    return found


def not_kept(where: str) -> SpecError:
    """Return the error of a run without a journal."""
    return SpecError([Problem(f"{where} has no journal", "run with keep_journal=True and out=")])


def _stores(scenario: "Scenario", store: str | None) -> list[str]:
    known = sorted(scenario.databases)
    if store is not None and store not in known:
        raise ValueError(f"no store {store!r}; there are {', '.join(known)}")
    return known if store is None else [store]


def _heads(journal: Path, scenario: "Scenario", table: str) -> Mapping[str, type]:
    """Return the columns of a table as they were recorded.

    One without rows has no file: then its name must be made of what the scenario has.
    """
    kept = sorted({name for store in scenario.databases for name in tables_of(journal, store)})
    parts = {*PARTS, REPLAY, *scenario.regions, *scenario.consumers, *scenario.replays, *scenario.insights}
    if table in kept or table in DOMAIN_TABLES or {*table.split("/")[1:]} <= parts:
        try:
            return columns_of(table)
        except KeyError:
            pass
    raise ValueError(f"no table {table!r}; those with rows are {', '.join(kept)}")


def _wanted(table: str, columns: Sequence[str] | None, raw: Mapping[str, type]) -> dict[str, str]:
    """Return which columns are asked for: name -> the recorded one that it is made of, "" for the store."""
    known = {"store": "", **{name: source for source in raw for name in _decoders(source)}}
    if columns is None:
        return known
    for name in columns:
        if name not in known:
            raise ValueError(f"no column {name!r} in {table!r}; there are {', '.join(known)}")
    return {name: known[name] for name in columns}


def _part(
    journal: Path, scenario: "Scenario", store: str, *, table: str, wanted: Mapping[str, str]
) -> pd.DataFrame:
    """Return a table of one store."""
    names, stores = _names(scenario, store, table), sorted(scenario.databases)
    sources = list(dict.fromkeys(source for source in wanted.values() if source))
    rows = read_table(journal, store, table, sources or list(columns_of(table))[:1])
    of_store = np.full(len(next(iter(rows.values()))), stores.index(store), np.int16)
    data = {
        name: _decoders(source)[name](rows[source], names) if source else _category(of_store, stores)
        for name, source in wanted.items()
    }
    return pd.DataFrame(data)


def _names(scenario: "Scenario", store: str, table: str) -> Legend:
    from sim.models.store.workload import streams_of

    streams = {
        name: [one.name for one in streams_of(scenario, name, {})] for name in sorted(scenario.databases)
    }
    first = dict(zip(streams, accumulate(map(len, streams.values()), initial=0), strict=False))
    return Legend(
        regions=sorted(scenario.regions),
        clients=sorted(scenario.clients),
        streams=[name for own in streams.values() for name in own],
        rids=first[_called(scenario, store, table)],
        tags=first[store],
        sessions=scenario.databases[store].workload.sessions.count,
    )


def _called(scenario: "Scenario", store: str, table: str) -> str:
    """Return the store whose operations a table tells of: of ``handled/<consumer>`` the one that it calls."""
    head, _, who = table.partition("/")
    calls = {
        known_as(name): consumer.writes
        for name, consumer in scenario.consumers.items()
        if consumer.of == store and consumer.writes is not None
    }
    return calls.get(who, store) if head == "handled" else store


def _decoders(column: str) -> dict[str, Decoder]:
    """Return what a recorded column becomes: name -> how its values are made."""
    if column in _DECODERS:
        return _DECODERS[column]
    if column.endswith("_ns"):
        return {f"{column.removesuffix('_ns')}_s": _seconds, column: _as_it_is}
    return {column: _as_it_is}


def _as_it_is(values: np.ndarray, _: Legend) -> Array:
    return values


def _seconds(values: np.ndarray, _: Legend) -> Array:
    return values / 1e9


def _flag(values: np.ndarray, _: Legend) -> Array:
    return values != 0


def _known(values: np.ndarray, _: Legend) -> Array:
    """Return numbers, <NA> for those below 0."""
    return pd.arrays.IntegerArray(values, values < 0)


def _known_seconds(values: np.ndarray, _: Legend) -> Array:
    return pd.arrays.FloatingArray(values / 1e9, values < 0)


def _versions(part: Callable[[Any], Any]) -> Decoder:
    """Return how a part of a version is made, <NA> where there is none."""
    return lambda values, _: pd.arrays.IntegerArray(part(values), values == 0)


def _category(codes: np.ndarray, names: Sequence[str]) -> Array:
    """Return names by their number; -1 is none."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype="str"))


def _codes(words: Sequence[str]) -> Decoder:
    return lambda values, _: _category(values, words)


def _region(values: np.ndarray, names: Legend) -> Array:
    return _category(values, names.regions)


_STATED: dict[str, dict[str, Decoder]] = {
    "version": {"timeline": _versions(timeline_of), "lsn": _versions(lsn_of)},
    "rid": {
        "rid": _as_it_is,
        "stream": lambda values, names: _category(names.rids + stream_of(values), names.streams),
        "seq": lambda values, _: seq_of(values),
    },
    "tag": {
        "tag": _as_it_is,
        "tag_stream": lambda values, names: _category(names.tags + stream_of(values), names.streams),
        "tag_seq": lambda values, _: seq_of(values),
    },
    "session": {
        "session": _as_it_is,
        "session_number": lambda values, names: seat_of(values) % names.sessions,
        "session_epoch": lambda values, _: epoch_of(values),
    },
    "stale_ns": {"stale_s": _known_seconds, "stale_ns": _known},
    "held": {"held": _known},
    "client": {"client": lambda values, names: _category(values, names.clients)},
    "kind": {"kind": _codes(KINDS)},
    "outcome": {"outcome": _codes(OUTCOMES)},
    "role": {"role": _codes(ROLES)},
}
_DECODERS: dict[str, dict[str, Decoder]] = (
    _STATED
    | {name: {name: _region} for name in ("node", "region", "origin", "source", "side")}
    | {name: {name: _flag} for name in ("up", "data", "quorate", "ok")}
)
