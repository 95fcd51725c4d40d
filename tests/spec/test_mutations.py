"""Generated mutations of valid scenarios end as a scenario or as bad input, never otherwise."""

import shutil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.core.errors import SpecError
from sim.spec.nodes import Source, compose, plain
from sim.spec.resolve import blast_radius, digest, dump, load, resolve
from sim.spec.yaml_text import to_yaml
from tests.spec.corpus import HERE, SCENARIOS, VALID

SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TOKENS = [
    "[",
    "]",
    "{",
    "}",
    ":",
    "- ",
    "&a ",
    "*a",
    "!!int ",
    "? ",
    "\t",
    "\n",
    "#",
    "'",
    '"',
    "|\n",
    "%",
    "null",
    "~",
    "-1",
    ".nan",
    ".inf",
    "1e400",
    "0",
    "5",
    "99%",
    "5M",
    "1h1h",
    "us-east",
    "orders",
    "*",
    "a->b",
    "us-east/us-west",
    "\x00",
    "\ufeff",
    "é",
    "extends: [base.yaml]",
    "<<: *a",
    "{uniform: [2m, 1m]}",
    "{empirical: nowhere.csv}",
    "9" * 400,
    "{mixture: []}",
    "---",
    "...",
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.sampled_from(TOKENS),
    st.sampled_from(
        [[], {}, [[]], {"a": {}}, ["us-east"], {"kind": "trace", "file": "."}, {"uniform": ["1s", "2s"]}]
    ),
    st.sampled_from(
        [
            "1ns",
            "30s",
            "31y",
            "0%",
            "100%",
            "1/s",
            "1B",
            "1B/s",
            "<= 1s",
            "orders.write",
            "orders.declared",
            "orders/relay",
            "orders.search",
            "one",
        ]
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the valid files in which mutants may be written."""
    path = tmp_path_factory.mktemp("mutants") / "valid"
    shutil.copytree(HERE / "valid", path)
    return path


def ends_well(path) -> bool:
    """Load, and use what was loaded as the commands do. Returns whether it was legal."""
    try:
        scenario = load(str(path))
    except SpecError as error:
        assert error.problems
        assert all(problem.why and problem.line > 0 and problem.column > 0 for problem in error.problems)
        return False
    resolved = resolve(scenario)
    assert resolve(resolved) == resolved
    assert len(digest(resolved)) == 12
    assert set(blast_radius(resolved)) == set(resolved.faults)
    assert dump(resolved)
    return True


@SLOW
@given(
    file=st.sampled_from(["base.yaml", "everything.yaml", "path.yaml"]),
    place=st.floats(0, 1, exclude_max=True),
    cut=st.integers(0, 8),
    token=st.sampled_from(TOKENS) | st.text(max_size=3),
)
def test_a_changed_text_never_crashes_the_loader(folder, file, place, cut, token):
    """Any few characters of a valid file replaced by anything."""
    text = (HERE / "valid" / file).read_text()
    start = int(place * len(text))
    mutant = folder / "mutant.yaml"
    mutant.write_text(text[:start] + token + text[start + cut :], encoding="utf-8", errors="replace")
    ends_well(mutant)


@SLOW
@given(
    file=st.sampled_from(["everything.yaml", "path.yaml"]),
    place=st.integers(0, 10**6),
    value=VALUES,
    what=st.sampled_from(["value", "key", "delete", "copy"]),
)
def test_a_changed_tree_never_crashes_the_loader(folder, file, place, value, what):
    """Any node of a resolved scenario replaced, renamed, left out or copied elsewhere."""
    data = _data_of(file)
    spots = list(_spots(data))
    parent, key = spots[place % len(spots)]
    if what == "value":
        parent[key] = value
    elif what == "delete":
        del parent[key]
    elif what == "key" and isinstance(parent, dict):
        parent[str(value)] = parent.pop(key)
    else:
        other, other_key = spots[(place // len(spots)) % len(spots)]
        parent[key] = plain_copy(other[other_key])
    mutant = folder / "mutant.yaml"
    mutant.write_text(to_yaml(data), encoding="utf-8", errors="replace")
    ends_well(mutant)


def plain_copy(value: Any) -> Any:
    """Return a copy of plain data."""
    if isinstance(value, dict):
        return {key: plain_copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_copy(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _data_of(file: str) -> dict[str, Any]:
    text = dump(load(str(HERE / "valid" / file)))
    node = compose(Source("text", ".", text, shown=tuple(text.split("\n"))), [])
    assert node is not None
    return plain_copy(plain(node))


def _spots(data: Any):
    """Yield (parent, key) of every node."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in list(items):
        yield data, key
        yield from _spots(value)


@SLOW
@given(path=st.sampled_from([*VALID, *SCENARIOS]), dotted=st.text(max_size=20), value=VALUES)
def test_no_set_text_crashes_the_loader(path, dotted, value):
    """Any --set, with and without an equals sign."""
    for text in (f"{dotted}={value}", dotted, f"faults.{dotted}={value}", f"databases.orders={value}"):
        try:
            resolve(load(str(path), sets=[text]))
        except SpecError as error:
            assert error.problems


def test_mutants_reach_both_ends(folder):
    """The check can tell a legal mutant from an illegal one."""
    mutant = folder / "mutant.yaml"
    text = (HERE / "valid" / "base.yaml").read_text()
    mutant.write_text(text.replace("32ms", "33ms"))
    assert ends_well(mutant)
    mutant.write_text(text.replace("32ms", "33"))
    assert not ends_well(mutant)
