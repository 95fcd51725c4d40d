"""How often a domain reads the dials of links, nodes and loads: counted where they are read, by kernels."""

from sim.core import dials as d
from sim.engine.circle.door import LinkTo
from sim.models.dials import Dials
from sim.models.store.domain import Domain


def count_reads(dials: Dials, domain: Domain) -> None:
    """Let a domain tell what it has read."""
    for link_dial in (d.CUT, d.LATENCY, d.JITTER, d.LOSS):
        dials.listen(link_dial, reads=lambda of, _: link_reads(domain, *of))
    dials.listen(d.BANDWIDTH, reads=lambda of, _: domain.flow_reads.get((of[0], of[1]), 0))
    dials.listen(d.REGION, reads=lambda of, _: _of_region(domain, of[0]))
    dials.listen(d.SPIKE, reads=lambda of, _: _of_load(domain, of[0]))
    for region in domain.nodes:
        for dial in (d.DOWN, d.SILENT, d.WIRE, d.SLOW):
            dials.listen(dial, domain.name, region, reads=lambda of, _: _of_node(domain, of[1]))
        for dial in (d.PAUSE_SEND, d.PAUSE_APPLY):
            dials.listen(dial, domain.name, region, reads=lambda of, _: _of_flows(domain, of[1]))


def link_reads(domain: Domain, a: str, b: str) -> int:
    """Return how often the parameters of the link a -> b have been read so far by a domain."""
    regions = domain.regions
    client_to, to_client = a.startswith(d.CLIENTS), b.startswith(d.CLIENTS)
    i, j = regions.index(a.removeprefix(d.CLIENTS)), regions.index(b.removeprefix(d.CLIENTS))
    hits = domain.circle.link_hits(LinkTo(i, j, from_client=client_to, to_client=to_client))
    return hits + domain.flow_reads.get((a, b), 0) + domain.acknowledgement_reads.get((a, b), 0)


def _of_region(domain: Domain, region: str) -> int:
    """Return how many requests have reached a region, or passed its gateway."""
    number = domain.regions.index(region)
    return domain.circle.node_hits(number) + domain.circle.gateway_passes(number)


def _of_load(domain: Domain, name: str) -> int:
    """Return how many operations a load stream of that name has sent; 0 if it is none of the domain's."""
    streams = enumerate(domain.streams)
    return sum(domain.circle.stream_hits(s) for s, stream in streams if stream.name == name)


def _of_node(domain: Domain, region: str) -> int:
    """Return how many requests and records have reached a node."""
    requests = domain.circle.node_hits(domain.regions.index(region))
    return requests + _of_flows(domain, region)


def _of_flows(domain: Domain, region: str) -> int:
    """Return how many records have been sent to a node, or applied at it."""
    return sum(count for (_, follower), count in domain.flow_reads.items() if follower == region)
