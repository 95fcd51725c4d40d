"""From authored to resolved: every default, direction, share and order explicit. Twice is once."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sim.core.distributions import proportions
from sim.spec.bus.bus import Bus
from sim.spec.check import check
from sim.spec.faults.catalogue import fault_catalogue
from sim.spec.faults.words import blast_radius
from sim.spec.idle import without_idle
from sim.spec.lake.insight import Insight
from sim.spec.lake.lake import Lake
from sim.spec.loader import load, raise_all
from sim.spec.model import Model
from sim.spec.network.flows import MIRROR, SYNC, Flow, flow_shares
from sim.spec.network.network import Link
from sim.spec.retired import LANGUAGE
from sim.spec.scenario import Scenario
from sim.spec.schema import schema
from sim.spec.starter import starter
from sim.spec.store.acknowledgement import with_all_named
from sim.spec.store.database import Database
from sim.spec.store.placement import default_zone, nodes_of
from sim.spec.store.recorded import digest_of
from sim.spec.store.routing import Client
from sim.spec.yaml_text import to_yaml

__all__ = [
    "blast_radius",
    "digest",
    "digest_full",
    "dump",
    "fault_catalogue",
    "files_of",
    "load",
    "resolve",
    "schema",
    "starter",
]

_NOT_IN_DIGEST = ("language", "name", "purpose", "study", "sweep", "prices")


def resolve(scenario: Scenario) -> Scenario:
    """Return the scenario with nothing left to a default. Offsets stay None: they are drawn.

    What is held by name is sorted by it (objectives are not), so that the order in the file cannot matter.
    Raises SpecError if the scenario, built in Python, does not hold together.
    """
    raise_all(check(dict(scenario)))
    network = scenario.network.model_copy(update={"links": _links(scenario)})
    scenario = scenario.model_copy(update={"network": network, "regions": _sorted(scenario.regions)})
    shares = flow_shares(scenario)
    return scenario.model_copy(
        update={
            "language": LANGUAGE,
            "clients": _clients(scenario),
            "databases": _databases(scenario, shares),
            "bus": scenario.bus
            and scenario.bus.model_copy(update=_shared(scenario.bus, "mirror", shares[MIRROR])),
            "consumers": _sorted(scenario.consumers),
            "lake": scenario.lake
            and scenario.lake.model_copy(update=_shared(scenario.lake, "sync", shares[SYNC])),
            "insights": _insights(scenario),
            "replays": _sorted(scenario.replays),
            "faults": {name: fault.resolved(scenario) for name, fault in sorted(scenario.faults.items())},
        }
    )


def dump(scenario: Scenario, places: Mapping[str, str] | None = None) -> str:
    """Return the scenario as canonical YAML: a legal scenario; that of a resolved one resolves to itself.

    ``places``: file -> where it is to be found instead, relative to the YAML file.
    """
    data = _written(scenario)
    for holder in _holders(data):
        holder["file"] = (places or {}).get(holder["file"], holder["file"])
    return to_yaml(data)


def files_of(scenario: Scenario) -> list[str]:
    """Return the files that a resolved scenario reads, each once, sorted."""
    named = {holder["file"] for holder in _holders(_written(scenario))}
    return sorted(named - {None})  # a distribution made in Python has none


def _holders(data: Any) -> Iterator[dict[str, Any]]:
    """Yield each map that names a file whose content is known."""
    if isinstance(data, dict) and {"file", "sha256"} <= data.keys():
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _holders(part)


def digest(scenario: Scenario) -> str:
    """Return the first 12 hex digits of ``digest_full``, for people."""
    return digest_full(scenario)[:12]


def digest_full(scenario: Scenario) -> str:
    """Return the SHA-256 (hex) of a resolved scenario, name, purpose and the places of files left out."""
    data = {key: value for key, value in _written(scenario).items() if key not in _NOT_IN_DIGEST}
    text = json.dumps(_without_files(data), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _written(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario as plain data, as one would write it, without what means nothing in it."""
    return without_idle(scenario, scenario.model_dump(mode="json", exclude_none=True, by_alias=True))


def _without_files(data: Any) -> Any:
    """Return the data with each ``file`` dropped where a ``sha256`` beside it stands for the content."""
    if isinstance(data, dict):
        return {
            key: _without_files(value)
            for key, value in data.items()
            if not (key == "file" and "sha256" in data)
        }
    return [_without_files(item) for item in data] if isinstance(data, list) else data


def _sorted(entries: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(entries.items()))


def _links(scenario: Scenario) -> dict[str, Link]:
    """Return both directions of every link; the way back is as the way there unless it is given."""
    given = scenario.network.links
    there_and_back = {f"{b}/{a}": link for name, link in given.items() for a, b in [name.split("/")]}
    return _sorted(there_and_back | given)


def _clients(scenario: Scenario) -> dict[str, Client]:
    clients = _sorted(scenario.clients)
    shares = proportions([client.share for client in clients.values()])
    return {
        name: client.model_copy(update={"share": share, "order": client.order or _order(scenario, name)})
        for (name, client), share in zip(clients.items(), shares, strict=True)
    }


def _order(scenario: Scenario, client: str) -> list[str]:
    """Return the regions by latency from the client, its own first; equal ones by name."""
    links = scenario.network.links
    return sorted(
        scenario.regions,
        key=lambda region: (-1 if region == client else links[f"{client}/{region}"].latency, region),
    )


def _shared(section: Bus | Lake, name: str, share: float) -> dict[str, Model]:
    """Return what changes in a section whose flow ``name`` gets a share of its links."""
    return {name: getattr(section, name).model_copy(update={"share": share})}


def _insights(scenario: Scenario) -> dict[str, Insight]:
    return {
        name: insight.model_copy(
            update={"reads": sorted(insight.reads), "regions": sorted(insight.regions or scenario.regions)}
        )
        for name, insight in sorted(scenario.insights.items())
    }


def _databases(scenario: Scenario, shares: dict[Flow, float]) -> dict[str, Database]:
    databases = {}
    for name, database in sorted(scenario.databases.items()):
        rule = with_all_named(database.replication.acknowledgement, nodes_of(database))
        update = {"share": shares["replication", name], "acknowledgement": rule}
        replication = database.replication.model_copy(update=update)
        workload = database.workload.model_copy(update={"arrivals": _arrivals(database.workload.arrivals)})
        zone = database.zone or default_zone(scenario.regions, database)
        databases[name] = database.model_copy(
            update={"zone": zone, "replication": replication, "workload": workload}
        )
    return databases


def _arrivals(arrivals: Any) -> Any:
    if arrivals.kind != "trace":
        return arrivals
    return arrivals.model_copy(update={"sha256": digest_of(arrivals.file)})
