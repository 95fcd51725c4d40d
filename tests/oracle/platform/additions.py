"""What generated platforms have besides: handlers, and replays of events into consumers and databases."""

from typing import TYPE_CHECKING

from sim.spec.bus.consumer import Consumer
from sim.spec.bus.replay import DATABASE, Replay
from sim.spec.check import check
from sim.spec.faults.when import PATH_MILESTONES, When
from sim.spec.model import MS
from sim.spec.scenario import Scenario
from sim.spec.store.routing import Client

if TYPE_CHECKING:
    from ..generate import Maker

CLIENTS = "clients"


def with_handlers(
    make: "Maker", consumers: dict[str, Consumer], names: tuple[str, ...]
) -> dict[str, Consumer]:
    """Return consumers of which some, and sometimes further ones that react to those, write."""
    dice = make.dice
    found = dict(consumers)
    for name, consumer in consumers.items():
        if not dice.chance(0.5):
            continue
        found[name] = _writing(make, consumer, dice.pick(names), CLIENTS)
        if dice.chance(0.6):
            after = consumer.model_copy(update={"of": found[name].writes, "work": make.random(1, 40)})
            found[f"{name}d"] = _writing(make, after, dice.pick(names), name)
    return found


def _writing(make: "Maker", consumer: Consumer, domain: str, on: str) -> Consumer:
    given = {"writes": domain, "on": on, "idempotent": make.dice.chance(0.7)}
    return consumer.model_copy(update=given)


def clients_everywhere(clients: dict[str, Client], regions: tuple[str, ...]) -> dict[str, Client]:
    """Return client groups near all regions; those added send nothing themselves."""
    return {region: clients.get(region, Client(share=0.0)) for region in regions}


def replays_for(make: "Maker", scenario: Scenario) -> dict[str, Replay]:
    """Return replays that are right in a scenario with its faults."""
    found: dict[str, Replay] = {}
    for name in ("again", "heal", "twice")[: make.dice.pick((0, 1, 1, 2, 3))]:
        replay = _replay(make, scenario)
        trial = scenario.model_copy(update={"replays": {**found, name: replay}})
        if not list(check(dict(trial))):
            found[name] = replay
    return found


def _replay(make: "Maker", scenario: Scenario) -> Replay:
    dice = make.dice
    of = dice.pick(sorted(scenario.databases))
    region = dice.pick([*sorted(scenario.regions), scenario.databases[of].primary])
    begins = _begins(make, scenario)
    taken = [fault for fault in scenario.faults.values() if fault.kind == "region_outage" and fault.at]
    if taken and dice.chance(0.5):  # about when its region goes
        outage = dice.pick(taken)
        region = outage.region
        begins = {"at": max(1, int(outage.at.mean) // MS + dice.whole(-2000, 1000)) * MS}
    into = [name for name, consumer in scenario.consumers.items() if consumer.of == of]
    into += [DATABASE] * 2 if region in scenario.clients else []
    return Replay(
        **{
            "of": of,
            "region": region,
            "from": _place(make, scenario),
            "to": dice.pick(("now", "now", "now", _place(make, scenario))),
            "into": dice.pick(into or sorted(scenario.consumers)),  # those of the other domain are refused
            "rate": 1e9 / make.span(2, 200),
            "idempotent": dice.chance(0.7),
            **begins,
        }
    )


def _begins(make: "Maker", scenario: Scenario) -> dict:
    dice = make.dice
    if dice.chance(0.7):
        return {"at": make.span(scenario.duration // MS // 4, scenario.duration // MS * 9 // 10)}
    every = make.span(20, 500)
    name = dice.pick(sorted(scenario.databases))
    if dice.chance(0.2):
        metric = {"metric": "queue_depth", "of": f"{name}/{scenario.databases[name].primary}", "above": 0.0}
        return {"when": When(**metric, every=every)}
    kind = dice.pick((*PATH_MILESTONES, "promoted", "node.down", "rejoined"))
    return {"when": When(milestone=f"{name}.{kind}", every=every)}


def _place(make: "Maker", scenario: Scenario) -> str:
    dice = make.dice
    kind = dice.pick(("position", "position", "time", "fault", "fault"))
    if kind == "position" or (kind == "fault" and not scenario.faults):
        return f"#{dice.pick((0, 0, 0, dice.whole(0, 90)))}"
    if kind == "time":
        return f"{make.span(1, scenario.duration // MS // 2)}ns"
    before = make.span(1, 9000)
    fault = dice.pick(sorted(scenario.faults))
    return dice.pick((fault, f"{before}ns before {fault}"))
