"""Files that are no scenarios: those of other tools, and all that have none of our keys.

What is in them is not quoted: it may be anybody's, and secret.
"""

import re
from collections.abc import Iterator

import yaml

from sim.spec.synonyms import FAULT_KINDS, synonyms

# fmt: off
STRONG = frozenset((
    "extends", "duration", "warmup", "regions", "clients", "gateway", "databases", "bus", "consumers", "lake",
    "insights", "fresh", "replays", "faults", "level", "sla", "study", "sweep", "prices",
))  # keys of a scenario; one of them makes a file a scenario
# fmt: on
WEAK = frozenset(
    ("language", "name", "purpose", "network")
)  # keys of a scenario that files of others have, too
_KEYS_READ = 200
_BLOCK_KEY = re.compile(r"^(?P<indent> *)[\"']?(?P<key>[A-Za-z][\w.-]*)[\"']? *:(?=\s|$)", re.MULTILINE)
_Loader = getattr(yaml, "CLoader", yaml.Loader)

_GROUP = re.compile(r"^[ {]*[\"']?apiVersion[\"']?\s*:\s*[\"']?([\w.]+)", re.MULTILINE)
_KIND = re.compile(r"^[\"']?kind[\"']?\s*:\s*[\"']?([A-Za-z]{1,40})\b", re.MULTILINE)
_ACTION = re.compile(r"\b(?:action|actionId|name|func)[\"']?\s*:\s*[\"']?([\w:-]{1,80})")
_K6 = re.compile(r"from\s+[\"']k6[\"'/]|export\s+(?:const\s+options|default\s+function)")
_K6_KEYS = frozenset(("stages", "vus"))

_FAULT = (
    "write a fault under faults: of a scenario, such as {{kind: {kind}, at: 30m}}; sim faults lists the kinds"
)
_OBJECTIVE = (
    'write it under sla: of a scenario, such as {metric: availability, of: orders.write, must: ">= 99.9%"}'
)
_LOAD = "write the load in databases.<name>.workload of a scenario, such as {reads: 2k/s, writes: 500/s}"
_PLATFORM = "write regions:, databases: and clients: of a scenario; sim init makes one to start from"
_NO_KEY = "a scenario has keys such as duration, regions, databases and faults"


def what_it_is(text: str) -> tuple[str, str] | None:
    """Return what a file with this text is instead of a scenario, and a hint; None if it can be one."""
    keys = frozenset(_keys(text))
    if keys & STRONG - {"duration"} or (keys and keys <= WEAK) or not _content(text):
        return None
    return _tool(text, keys) or (None if "duration" in keys else ("no scenario", _NO_KEY))


def _content(text: str) -> bool:
    """Return whether a text has more than comments and blank lines."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _keys(text: str) -> Iterator[str]:
    """Yield the first keys of the outermost map; if the text is no YAML, those at the indent of the first."""
    try:
        yield from _parsed(text)
    except (yaml.YAMLError, UnicodeError):
        found = [(match["indent"], match["key"]) for match in _BLOCK_KEY.finditer(text)]
        yield from (key for indent, key in found if indent == found[0][0])


def _parsed(text: str) -> Iterator[str]:
    """Yield the keys of the outermost map as YAML has them. yaml.YAMLError."""
    depth, nodes = 0, 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent) and depth == 0 and event.tag is None:
            if not isinstance(event, yaml.MappingStartEvent):
                return
        elif depth == 1 and isinstance(event, yaml.NodeEvent):
            if nodes % 2 == 0 and isinstance(event, yaml.ScalarEvent):
                yield event.value
            nodes += 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if nodes > 2 * _KEYS_READ:
            return


def _tool(text: str, keys: frozenset[str]) -> tuple[str, str] | None:
    """Return which tool's file it is, and what to write here instead; None if it is none that is known."""
    if "apiVersion" in keys:
        return _manifest(text)
    if "services" in keys:
        return "a Compose file", _PLATFORM
    if "steady-state-hypothesis" in keys or {"title", "method"} <= keys:
        return "a Chaos Toolkit experiment", _fault(text)
    if {"targets", "actions"} <= keys or re.search(r"\bactionId\b", text[:100_000]):
        return "an AWS FIS experiment template", _fault(text)
    if _K6.search(text[:100_000]) or keys & _K6_KEYS:
        return "a k6 test", _LOAD
    return None


def _manifest(text: str) -> tuple[str, str]:
    """Tell a manifest by its group and kind."""
    group = _GROUP.search(text)
    kind = _KIND.search(text)
    name, product = kind[1] if kind else "manifest", group[1] if group else ""
    if product.startswith("chaos"):
        return f"a Chaos Mesh {name}", _fault(text)
    if product.startswith("litmuschaos"):
        return f"a Litmus {name}", _fault(text)
    if product.startswith("openslo"):
        return f"an OpenSLO {name}", _OBJECTIVE
    return "a Kubernetes manifest", _PLATFORM


def _fault(text: str) -> str:
    """Return the hint for a file of faults, with the kind that comes closest to one that it names."""
    kind = _KIND.search(text)
    words = [match[1] for match in _ACTION.finditer(text[:100_000])]
    if kind and kind[1] == "NetworkChaos":
        words = [f"network_{word}" for word in words]
    for word in [*words, *([kind[1]] if kind else [])]:
        for target in synonyms(word, FAULT_KINDS):
            return _FAULT.format(kind=target.split()[0])
        if word in FAULT_KINDS:
            return _FAULT.format(kind=word)
    return _FAULT.format(kind="region_outage")
