"""The names of draws: a key for each component and a purpose for each use.

A draw is a hash of (key, record id, attempt, purpose), so it depends on nothing that happened
before it. The compiled hash itself lives in ``sim.engine.sampling``.
"""

from hashlib import sha256
from typing import Final


class Purpose:
    """What a draw is for. The numbers are part of the results: never renumber them."""

    ARRIVAL: Final = 1
    BURST: Final = 2
    SESSION: Final = 3
    KEY: Final = 4
    SERVICE: Final = 5
    LEG1: Final = 6
    LEG2: Final = 7
    LEG3: Final = 8
    LEG4: Final = 9
    LOSS1: Final = 10
    LOSS2: Final = 11
    LOSS3: Final = 12
    LOSS4: Final = 13
    BACKOFF: Final = 14
    DNS: Final = 15
    OFFSET: Final = 16
    WIRE: Final = 17
    WIRELOSS: Final = 18
    APPLY: Final = 19
    DECISION: Final = 20
    PROMOTE: Final = 21
    REWIND: Final = 22
    REBUILD: Final = 23
    RESTART: Final = 24
    ROUTE: Final = 25
    START: Final = 26
    DURATION: Final = 27
    OCCUR: Final = 28
    PUBLISH: Final = 29
    CONSUME: Final = 30
    TAKEOVER: Final = 31
    ELECTION: Final = 32
    SYNC: Final = 33
    JOB: Final = 34
    REFRESH: Final = 35
    ACK: Final = 36
    ACKLOSS: Final = 37
    MIXTURE_OFFSET: Final = 64


def key_of(seed: int, trial: int, name: str) -> int:
    """Return the 64-bit key of a component: the first 8 bytes of SHA-256("seed/trial/name"), big endian."""
    return int.from_bytes(sha256(f"{seed}/{trial}/{name}".encode()).digest()[:8], "big")
