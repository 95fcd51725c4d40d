"""What travels between clients, observers or checkers and nodes."""

from .clock import unordered

READ, WRITE, OBSERVE, CHECK = range(4)


class Message:
    """A request on its way, in service, or its answer on the way back; it is the SimPy event of each of
    these in turn."""

    __slots__ = (
        "begun",
        "behind",
        "callbacks",
        "due",
        "gateway",
        "node",
        "order",
        "owner",
        "refused",
        "stale",
        "stream",
        "version",
        "worker",
    )
    _ok = True
    __lt__ = unordered

    def again(self) -> "Message":
        """Return a copy to schedule anew; the old one is void."""
        copy = message_of(self.stream, self.owner, self.order)
        copy.gateway = self.gateway
        copy.node = self.node
        return copy


def message_of(stream, owner, order: int) -> Message:
    """Return a message that has not been refused yet. ``order``: that of its seq and attempt.

    ``owner``: an operation; of an observer's probe, when it was sent if it renews, else None.
    """
    message = Message()
    message.stream = stream
    message.owner = owner
    message.order = order
    message.refused = False
    return message
