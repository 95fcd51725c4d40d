"""What travels between clients, observers or checkers and nodes."""

from .clock import order_of, unordered

READ, WRITE, OBSERVE, CHECK = range(4)


class Message:
    """A request on its way, in service, or its answer on the way back; it is the SimPy event of each of
    these in turn."""

    __slots__ = (
        "attempt",
        "begun",
        "behind",
        "callbacks",
        "due",
        "fresh",
        "gateway",
        "node",
        "order",
        "owner",
        "refused",
        "seq",
        "stale",
        "stream",
        "version",
        "worker",
    )
    _ok = True
    __lt__ = unordered

    def again(self) -> "Message":
        """Return a copy to schedule anew; the old one is void."""
        copy = message_of(self.stream, self.owner, self.seq, self.attempt)
        copy.gateway = self.gateway
        copy.node = self.node
        return copy


def message_of(stream, owner, seq: int, attempt: int) -> Message:
    """Return a message that has not been refused yet.

    ``owner``: an operation; of an observer's probe, when it was sent if it renews, else None.
    """
    message = Message()
    message.stream = stream
    message.owner = owner
    message.seq = seq
    message.attempt = attempt
    message.order = order_of(seq, attempt)
    message.refused = False
    return message
