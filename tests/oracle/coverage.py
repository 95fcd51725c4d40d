"""What a case really exercised, counted by the twin while it runs."""

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Coverage:
    """Counters of one case; ``add`` sums cases."""

    rate_changes: int = 0  # a speed changed while work was in service
    ties: int = 0  # two records of one domain at one time
    overlapping_faults: int = 0  # a fault began while another was active
    retries_at_failover: int = 0  # promotions while a failed operation was in back-off or tried again
    unanswered_at_failover: int = 0  # promotions while an operation waited for its answer
    cuts_in_promotion: int = 0  # a link was cut or a node went down between promoting and promoted
    promotions: int = 0
    failed_promotions: int = 0
    kept: int = 0
    destructions: int = 0  # the last copy of something was gone
    cancelled: int = 0
    no_candidate: int = 0
    no_majority: int = 0
    rewinds: int = 0
    rebuilds: int = 0
    rejoins: int = 0
    refused_by_lease: int = 0
    window_stops: int = 0  # a flow reached its window while the way back was cut
    taken_back: int = 0  # records on the wire that vanished
    queue_full: int = 0
    client_returns: int = 0
    busy_at_promotion: int = 0  # promotions while the old primary, up, worked on a request
    known_at_cut: int = 0  # a write came again and was the last commit that a new timeline inherited
    second_commits: int = 0  # an operation committed on a second timeline
    diverged_commits: int = 0  # a commit on a timeline that was abandoned already
    stale_reads: int = 0
    known_tags: int = 0  # a call whose tag another call of its handler had committed
    emptied_primaries_back: int = 0  # a primary without its data ran again before another was promoted
    refused_for_lag: int = 0  # a choice at which a follower lagged too much
    down_at_end: int = 0  # nodes that were down when the run ended
    half_done_at_end: int = 0  # failovers, rewinds and rebuilds under way when the run ended
    blocked: int = 0  # too few replicas could acknowledge
    waits: int = 0  # a write waited for acknowledgements
    waits_again: int = 0  # not its first attempt
    never_answered: int = 0  # it waited in vain: the node stopped, or another took its place
    acknowledged_too_late: int = 0  # the lease had run out
    acknowledgements_gone: int = 0  # on their way when the way back closed
    ways_reopened: int = 0  # a way back opened with something to acknowledge
    second_tags: int = 0  # a tag committed on a second timeline

    def add(self, other: "Coverage") -> None:
        """Add another case's counts."""
        for name in (f.name for f in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))
