"""Names of what a domain has: its own parts, which are declared, and consumers, which users name.

A consumer is known by its own name; where a part of the domain has that name too, as ``consumer/<name>``,
in the journal, the figures and wherever it is named. Where a text could mean either, it is refused:
``consumer/raw`` is the consumer, ``own/raw`` the part. Contract: docs/data-path.md, "Names".
"""

from typing import Final

from sim.core.stages import CONSUMERS, STAGES

CONSUMER, REPLAY, OWN = "consumer", "replay", "own"
PARTS: Final = frozenset(
    {
        *(stage.name for stage in STAGES if stage.each != CONSUMERS),
        *("read", "write", "events", "database"),
        *("relay", "stream", "sync"),
        *(CONSUMER, OWN),
    }
)


def known_as(name: str, sort: str = CONSUMER) -> str:
    """Return what a consumer, or another thing that users name, is called among the parts of its domain."""
    return f"{sort}/{name}" if name in PARTS else name


def plain(name: str, separator: str) -> str:
    """Return the name that figures and journal have for ``<domain><separator><what>``, however it is written.

    ``orders.own/raw`` is ``orders.raw``, ``orders.consumer/search`` is ``orders.search``.
    """
    domain, there, what = name.partition(separator)
    return f"{domain}{there}{plain_of(what)}"


def plain_of(what: str) -> str:
    """Return the same for what is of one domain alone."""
    sort, _, name = what.partition("/")
    if sort == OWN and name in PARTS:
        return name
    return known_as(name) if sort == CONSUMER and name else what
