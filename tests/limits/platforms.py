"""Platforms with many of one thing, as one would write them."""

from typing import Any


def regions(
    count: int,
    *,
    duration: str,
    writes: str,
    reads: str = "0/s",
    clients: int | None = None,
    check: str = "10s",
    latency: str = "1ms",
) -> dict[str, Any]:
    """Return a platform in which everything takes equally long, so that ties are the rule."""
    names = [f"r{i:03}" for i in range(count)]
    probes = {"interval": check, "timeout": "500ms", "offset": "1ms"}
    return {
        "name": f"{count} regions", "duration": duration, "regions": {name: {} for name in names},
        "network": {
            "local": "1ms", "access": {"latency": latency},
            "links": {f"{a}/{b}": {"latency": "1ms"} for i, a in enumerate(names) for b in names[i + 1 :]},
        },
        "clients": {name: {"share": 1} for name in names[:clients]},
        "gateway": {"check": probes},
        "databases": {
            "d": {
                "primary": names[-1], "replicas": sorted({names[0], names[count // 2]} - {names[-1]}),
                "service": {"write": "1ms", "read": "1ms", "probe": "1ms", "workers": 4},
                "failover": probes,
                "workload": {"writes": writes, "reads": reads, "arrivals": {"kind": "constant"},
                             "retry": {"timeout": "9s"}},
            },
        },
    }  # fmt: skip


def promoting(count: int, *, domains: int = 1) -> dict[str, Any]:
    """Return stores of which the primary crashes every second: so many promotions of each."""
    failover = {
        "interval": "100ms", "timeout": "50ms", "failures": 1, "successes": 1, "lease": "200ms",
        "promotion": "10ms", "rewind": "10ms", "rebuild": "10ms", "restart": "10ms", "offset": "1ms",
    }  # fmt: skip
    load = {"writes": "10/s", "arrivals": {"kind": "constant"}}
    names = ["d"] if domains == 1 else [f"d{i:03}" for i in range(domains)]
    return {
        "name": f"{count} promotions", "duration": f"{count + 2}s", "regions": {name: {} for name in "abc"},
        "network": {"links": {link: {"latency": "5ms"} for link in ("a/b", "a/c", "b/c")}},
        "clients": {"a": {"share": 1}}, "gateway": {"route": "10ms"}, "level": {"hold": "100ms"},
        "databases": {
            name: {"primary": "a", "replicas": ["b", "c"], "failover": failover, "workload": load}
            for name in names
        },
        "faults": {
            f"f{i}": {"kind": "db_crash", "database": "*", "at": f"{i + 1}s", "duration": "600ms"}
            for i in range(count)
        },
    }  # fmt: skip
