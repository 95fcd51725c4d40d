"""What consumers and replays are known as beside the parts of their domain (data-path.md, §1)."""

STAGES = ("replica", "outbox", "validation", "bus", "mirror", "raw", "curated", "analytics", "copy")
PARTS = (*STAGES, "read", "write", "events", "database", "relay", "stream", "sync", "consumer", "own")


def known(name: str, sort: str = "consumer") -> str:
    """Return the name that a consumer or replay has in its domain."""
    return f"{sort}/{name}" if name in PARTS else name


def meant(process: str) -> str:
    """Return the name of a process that a scenario names."""
    domain, _, what = process.partition("/")
    sort, _, name = what.partition("/")
    return {"own": f"{domain}/{name}", "consumer": f"{domain}/{known(name)}"}.get(sort, process)
