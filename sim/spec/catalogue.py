"""What can be written: the catalogue of faults, and a scenario to start from."""

from typing import Any, get_args

from sim.spec.fault import Fault
from sim.spec.fault_models import AnyFault
from sim.spec.schema import models_schema


def fault_catalogue() -> dict[str, dict[str, Any]]:
    """Return kind -> {"summary", "fields": {name: {"type", "default", "required"}}}.

    A kind's own fields come before the common ones.
    ``default`` is as one would write it, None where leaving the field out has a meaning of its own.
    """
    defs = models_schema()["$defs"]
    entries = {}
    for model in get_args(get_args(AnyFault)[0]):
        body = defs[model.__name__]
        names = sorted(body["properties"], key=lambda name: name in Fault.model_fields)
        entries[body["properties"]["kind"]["const"]] = {
            "summary": body["description"],
            "fields": {name: _field(body, name, defs) for name in names if name != "kind"},
        }
    return entries


def _field(body: dict[str, Any], name: str, defs: dict[str, Any]) -> dict[str, Any]:
    spec = body["properties"][name]
    return {
        "type": _words(spec, defs),
        "default": spec.get("default"),
        "required": name in body.get("required", ()),
    }


def _words(spec: dict[str, Any], defs: dict[str, Any]) -> str:
    """Return what a value is, in words."""
    if "title" in spec:
        return str(spec["title"])
    if "$ref" in spec:
        inner = defs[spec["$ref"].rsplit("/", 1)[1]]
        return "{" + ", ".join(inner["properties"]) + "}"
    if "enum" in spec:
        return " | ".join(spec["enum"])
    if "anyOf" in spec:
        return " or ".join(_words(option, defs) for option in spec["anyOf"] if option != {"type": "null"})
    if spec["type"] == "array":
        return "list of " + _words(spec["items"], defs)
    if spec["type"] == "string":
        return "name" if "pattern" in spec else "text"
    return {"boolean": "true | false", "integer": "whole number"}.get(spec["type"], "number")


def starter() -> str:
    """Return a small scenario with comments, as YAML text, that is legal and decides."""
    return _STARTER


_STARTER = """\
# What is simulated, and what goes wrong. Run it:  sim run FILE
name: My first drill
purpose: One line that says what this scenario is for.
duration: 20m                 # quantities carry units: 150ms, 1h30m, 200/s, 2KiB, 1Gbit/s, 99.9%
warmup: 1m                    # in no figure

# extends: [platform.yaml]    # start from other files: maps merge, lists replace, null deletes

regions:
  us-east: {zones: [a, b, c]}
  us-west: {}                 # what is left out has a default; sim resolve FILE shows them all
  eu-west: {}

network:
  links:                      # one way; the way back is the same unless it is there too
    us-east/us-west: {latency: 32ms, jitter: {exponential: 300us}, bandwidth: 1Gbit/s}
    us-east/eu-west: {latency: 35ms, jitter: {lognormal: {median: 300us, p99: 2ms}}, bandwidth: 1Gbit/s}
    us-west/eu-west: {latency: 59ms}

clients:                      # a group of clients near each region, with its share of the load
  us-east: {share: 50}
  us-west: {share: 30}
  eu-west: {share: 20}

gateway:
  check: {interval: 10s, timeout: 4s, failures: 3}
  ttl: 60s                    # of DNS answers

databases:
  orders:
    primary: us-east
    replicas: [us-west, eu-west]
    failover:
      decision: 30s           # how long people take; {uniform: [20s, 2m]} is as good
      fencing: lease
    workload:
      writes: 50/s
      reads: 200/s

bus: {}                       # events of every write, mirrored to the other regions; may be left out
consumers:
  search: {of: orders, region: us-east, standby: [us-west], takeover: 30s}

faults:                       # sim faults lists the kinds
  power: {kind: region_outage, region: us-east, at: 5m, duration: 8m, wire: lost}

sla:                          # decided from this one run: exit code 0 or 1
  back-in-time: {metric: rta, of: orders.write, must: "<= 5m"}
  little-lost: {metric: rpa_window, of: orders, must: "<= 5s"}
"""
