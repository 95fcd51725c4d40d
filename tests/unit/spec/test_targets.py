"""What faults reach: the links of partitions, isolations and link faults."""

import pytest

from sim.spec.faults.kinds import NetworkPartition, PacketLoss, RegionIsolation

FIVE = ["c", "a", "e", "b", "d"]


def both(*pairs: str) -> set[tuple[str, str]]:
    """Return ``ab`` as (a, b) and (b, a)."""
    return {(p[0], p[1]) for p in pairs} | {(p[1], p[0]) for p in pairs}


def cut(regions, **fields) -> set[tuple[str, str]]:
    """Return the links that a partition cuts; none twice."""
    pairs = NetworkPartition(kind="network_partition", **fields).links(regions)
    assert len(set(pairs)) == len(pairs)
    return set(pairs)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("one", both("ab", "ac", "ad", "ae")), ("bisect", both("ac", "ad", "ae", "bc", "bd", "be")),
     ("bridge", both("ad", "ae", "bd", "be")), ("majorities_ring", both("ac", "ad", "bd", "be", "ce"))],
)  # fmt: skip
def test_shapes_over_five_regions(shape, expected):
    """The named shapes cut what the field's tools cut, in order of name."""
    assert cut(FIVE, shape=shape) == expected


@pytest.mark.parametrize("count", range(4, 10))
def test_in_a_majorities_ring_each_sees_a_majority_but_not_all(count):
    """Every region reaches a majority, itself included, and no region reaches all."""
    names = [chr(97 + i) for i in range(count)]
    pairs = cut(names, shape="majorities_ring")
    for name in names:
        reached = count - sum(a == name for a, _ in pairs)
        assert count // 2 + 1 <= reached < count


def test_regions_in_no_group_reach_everyone():
    """Groups cut only each other; one_way only from the earlier to the later."""
    assert cut(FIVE, groups=[["a"], ["b", "c"]]) == both("ab", "ac")
    assert cut(FIVE, groups=[["b"], ["a"]], one_way=True) == {("b", "a")}
    assert cut(FIVE, groups=[["a"], ["b"], ["c"]], one_way=True) == {("a", "b"), ("a", "c"), ("b", "c")}


@pytest.mark.parametrize(
    ("direction", "expected"),
    [("both", both("ab", "ac")), ("to", {("b", "a"), ("c", "a")}), ("from", {("a", "b"), ("a", "c")})],
)
def test_isolation_cuts_towards_or_away(direction, expected):
    """``to`` is towards the region, ``from`` away from it; without peers all others."""
    fault = RegionIsolation(kind="region_isolation", region="a", direction=direction)
    assert set(fault.links(["a", "b", "c"])) == expected


@pytest.mark.parametrize(
    ("link", "expected"), [("a/b", both("ab")), ("b->a", {("b", "a")}), ("a", both("ab", "ac"))]
)
def test_links_are_named_in_three_ways(link, expected):
    """Both directions, one, or all of a region."""
    fault = PacketLoss(kind="packet_loss", link=link, loss=0.1)
    assert set(fault.links(["a", "b", "c"])) == expected
