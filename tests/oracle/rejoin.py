"""How a node that cannot simply follow gets back: rewind, rebuild, or follow at once."""

from typing import TYPE_CHECKING

from sim.core.draws import Purpose

if TYPE_CHECKING:
    from .node import Node
    from .twin import Twin


class Rejoiner:
    """Polls the nodes of one domain that do not follow its primary."""

    def __init__(self, twin: "Twin", domain) -> None:
        self.twin = twin
        self.domain = domain
        self.spec = domain.spec.failover
        self.clock = twin.clock
        self.round = 0
        self.polling = False

    def promoted(self) -> None:
        """Look at once and then every interval from now."""
        self._look()
        self._restart()

    def data_lost(self) -> None:
        """Begin to look if a node other than the primary needs it and nobody looks."""
        if not self.polling and self._waiting():
            self._restart()

    def _restart(self) -> None:
        self.round += 1
        self.polling = True
        self.clock.process(self._poll(self.round))

    def _poll(self, number: int):
        while self._waiting():
            yield self.clock.after(self.spec.interval, f"{self.domain.name}/rejoin")
            if number != self.round:
                return
            self._look()
        if number == self.round:
            self.polling = False

    def _waiting(self) -> list["Node"]:
        """Return the nodes that neither lead nor follow nor are being promoted (a candidate without its data
        counts)."""
        domain = self.domain
        away = [n for n in domain.nodes if n is not None and not n.following and n is not domain.primary]
        return [n for n in away if not (n.candidate and n.intact)]

    def _look(self) -> None:
        for node in self._waiting():
            self._try(node)

    def _try(self, node: "Node") -> None:
        primary = self.domain.primary
        token = (node.deaths, self.domain.newest)
        joined = self.twin.network.joined(node.region, primary.region)
        if node.busy == token or not (node.up and primary.up and primary.intact and joined):
            return
        if node.writable:
            node.stop_writing()
        shared = self.domain.shared(node.timeline)
        if not node.intact:
            self._rebuild(node, token)
        elif shared is not None and node.last > shared:
            self._rewind(node, token, shared)
        else:
            self._follow(node)

    def _rebuild(self, node: "Node", token: tuple) -> None:
        self.twin.coverage.rebuilds += 1
        self.twin.note("rebuilding", node.name)
        delay = self.twin.draws.duration(self.spec.rebuild, node.key, node.rebuilds, Purpose.REBUILD)
        node.rebuilds += 1
        self._copy(node, token, self.domain.primary.last, delay)

    def _rewind(self, node: "Node", token: tuple, target: int) -> None:
        self.twin.coverage.rewinds += 1
        self.twin.note("rewinding", node.name)
        delay = self.twin.draws.duration(self.spec.rewind, node.key, node.rewinds, Purpose.REWIND)
        node.rewinds += 1
        node.stalled = True
        node.applier.drop()
        self._copy(node, token, target, delay)

    def _copy(self, node: "Node", token: tuple, target: int, delay: int) -> None:
        node.busy, node.coming = token, target
        node.serving = False
        self.clock.process(self._finish(node, token, target, delay))

    def _finish(self, node: "Node", token: tuple, target: int, delay: int):
        yield self.clock.after(delay, node.name)
        if (node.deaths, self.domain.newest) != token or node.busy != token:
            return
        node.reset_to(self.domain.newest, target)
        node.busy = None
        self._follow(node)

    def _follow(self, node: "Node") -> None:
        self.twin.coverage.rejoins += 1
        self.twin.note("rejoined", node.name)
        self.twin.follow(node)
