"""Sessions of a client region with their users and keys, and the resolvers that they ask."""

from sim.core.draws import Purpose
from sim.engine.sampling import zipf_table

from .domain import Domain
from .draws import Draws


class User:
    """Who uses a session until ``until``: the session with its epoch as in the journal, and its keys."""

    __slots__ = ("identity", "keys", "until")

    def __init__(self, identity: int, keys: list[int], until: int) -> None:
        self.identity = identity
        self.keys = keys
        self.until = until


class Keyring:
    """Sessions and their keys for one client region and domain, and its DNS resolvers."""

    def __init__(self, domain: Domain, client: int, *, name: str, draws: Draws, answer: int) -> None:
        spec = domain.spec.workload
        self.client = client  # index in the journal
        self.home = client  # region the clients are near
        self.count = spec.sessions.count
        self.base = client * self.count << 20  # of the journal's sessions
        self.slots = spec.sessions.keys
        self.length = spec.sessions.length
        self.table = zipf_table(spec.keys.count, spec.keys.zipf)
        self.key = draws.key(f"{domain.name}/sessions/{name}")
        self.draws = draws
        self.users = [User(0, [], 0)] * self.count  # of each session; the first are met at once
        self.answer = answer

    def use_resolvers(self, name: str, *, count: int, ttl: int) -> None:
        """Set up the resolvers: the initial answer cached, expiring within the first TTL."""
        key = self.draws.key(name)
        self.ttl = ttl
        self.resolvers = count
        self.cached = [self.answer] * count
        self.expiry = [int(self.draws.uniform(key, i, 0, Purpose.DNS) * ttl) for i in range(count)]

    def renew(self, resolver: int, now: int) -> None:
        """Let a resolver whose answer has expired fetch it anew."""
        self.cached[resolver] = self.answer
        self.expiry[resolver] = now + self.ttl

    def meet(self, session: int, now: int) -> User:
        """Return the user that a session has from now on."""
        shift = session * self.length // self.count
        epoch = (now + shift) // self.length
        identity = session << 20 | epoch
        keys = self.draws.keys(self.table, self.key, identity, self.slots)
        user = self.users[session] = User(self.base + identity, keys, (epoch + 1) * self.length - shift)
        return user
