"""Run one platform in a process of its own, the widths of identities as they are or as narrow as it fits.

``python -m tests.limits.lowered wide`` prints a digest of all that the run told, what is packed taken apart;
``narrow`` does the same with widths that hold exactly what the platform has, and ``WIDTH`` with one bit less
for that one: then it prints how it was refused. The engine runs as plain Python and reads the widths of now.
"""

import hashlib
import re
import sys

from tests.mutants.planting import ROOT, Mutant, plant

IDENTITY = "sim/core/identity.py"
# So wide are the parts of what ``platform`` has; an epoch is part of a draw, so its width is what it is.
NARROW = {
    "LSN_BITS": 9, "SEQ_BITS": 6, "STREAM_BITS": 5, "REGION_BITS": 2, "ATTEMPT_BITS": 2, "SLOT_BITS": 13,
    "SESSION_BITS": 1, "KEY_BITS": 4,
}  # fmt: skip


def platform() -> dict:
    """Return a scenario that is at a limit of each: regions, streams, operations, attempts, sessions, keys"""
    names, often = ["a", "b", "c", "d"], "156250us"  # 64 times in ten seconds
    load = {
        "arrivals": {"kind": "constant"}, "keys": {"count": 16}, "sessions": {"count": 2, "length": "1400ms"},
        "retry": {"attempts": 3, "timeout": "300ms"},
    }  # fmt: skip
    failover = {
        "interval": often, "timeout": "100ms", "failures": 2, "lease": "500ms", "promotion": "100ms",
        "rewind": "500ms", "restart": "200ms",
    }  # fmt: skip
    relay = {"kind": "cdc", "interval": "100ms"}
    return {
        "name": "narrow", "duration": "10s", "regions": {name: {} for name in names},
        "network": {"links": {f"{a}/{b}": {"latency": "3ms"} for a in names for b in names if a < b}},
        "clients": {name: {"share": 1} for name in names},
        "gateway": {"check": {"interval": often, "timeout": "100ms"}, "ttl": "1s", "route": "100ms"},
        "bus": {},
        "databases": {
            "events": {"primary": "a", "outbox": relay, "workload": {**load, "writes": "2/s"}},
            "store": {
                "primary": "a", "replicas": ["b", "c"], "failover": failover, "outbox": relay,
                "workload": {**load, "writes": "25.6/s", "reads": "25.6/s"},
            },
        },
        "consumers": {
            "handler": {
                "of": "events", "region": "a", "standby": ["b", "c", "d"], "writes": "store",
                "takeover": "300ms",
            },
        },
        "faults": {"power": {"kind": "db_crash", "database": "store", "at": "3s", "duration": "3s"}},
    }  # fmt: skip


def lowered(widths: dict[str, int]) -> Mutant:
    """Return the module of identities with other widths."""
    lines = (ROOT / IDENTITY).read_text().splitlines()
    told = [i for i, line in enumerate(lines) if re.match(r"[A-Z]+_BITS = \d+$", line)]
    block = lines[told[0] : told[-1] + 1]
    new = [f"{name} = {widths.get(name, width)}" for name, width in (line.split(" = ") for line in block)]
    return Mutant("narrow", "", "", IDENTITY, "\n".join(block), "\n".join(new))


def told() -> str:
    """Return a digest of all tables of the run, and how many operations and promotions there were."""
    from sim.core import identity
    from sim.spec.resolve import resolve
    from sim.spec.scenario import Scenario
    from sim.trial import run_tables

    unpack = {
        "version": (identity.timeline_of, identity.lsn_of), "session": (identity.seat_of, identity.epoch_of),
    }  # fmt: skip
    scenario = resolve(Scenario.model_validate(platform(), context={"authored": True}))
    found, digest = run_tables(scenario, 1), hashlib.sha256()
    for domain, tables in sorted(found["tables"].items()):
        for name, table in sorted(tables.items()):
            for column, values in sorted(table.items()):
                digest.update(f"{domain}/{name}/{column}".encode())
                for part in (values,) if column not in unpack else [f(values) for f in unpack[column]]:
                    digest.update(part.astype("int64").tobytes())
    ops = {domain: len(tables["ops"]["rid"]) for domain, tables in sorted(found["tables"].items())}
    return f"{digest.hexdigest()} {ops} {sum(m.kind == 'promoted' for m in found['milestones'])}"


def main(which: str) -> None:
    """Print what the run told, or how it was refused."""
    from sim.core.errors import LimitReached, SpecError

    widths = {} if which == "wide" else {name: bits - (name == which) for name, bits in NARROW.items()}
    try:
        plant(lowered(widths) if widths else None)
        print(told())
    except (SpecError, LimitReached, AssertionError, ValueError) as refusal:  # pydantic's is a ValueError
        print("refused", type(refusal).__name__, str(refusal).splitlines()[:1])


if __name__ == "__main__":
    main(*sys.argv[1:])
