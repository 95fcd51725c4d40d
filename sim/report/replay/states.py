"""What regions, nodes, links and processes were over time, from the document of a run and its scenario.

Every state is a step function: (since when in seconds, what), in order of time, the first at 0; a value holds
from its time on. Keys say of what:

``region/<r>``            ``up``, ``down``
``role/<store>/<r>``      a role of ``sim.report.roles``
``route/<store>/<r>``     region of the node to which the gateway in ``r`` sends writes
``link/<a>/<b>``          one way: ``up``, ``impaired`` (slower or lossy), ``cut``, ``down`` (an end is)
``process/<name>``        of the data path: ``runs``, ``stopped``
``place/<name>``          of the data path: the region in which it works, if that was recorded
``bus/<r>``               ``up``, ``partly down`` (partitions without a leader), ``down``
``fault/<id>``            ``on``, ``off``
``hit/<id>/<r>``          what a fault in force hits there (``sim.report.replay.hits``), else nothing
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.core import dials as d
from sim.core.milestones import KINDS
from sim.core.milestones.declaration import Happening
from sim.core.milestones.failover import Rerouted
from sim.core.milestones.faults import RegionDown, RegionUp
from sim.core.milestones.flows import (
    LakeMoved,
    PartitionsDown,
    PartitionsUp,
    ProcessStarted,
    ProcessStopped,
    ReaderMoved,
    RelayResumed,
)
from sim.core.stages import BUS
from sim.report.replay.hits import struck
from sim.report.roles import PRIMARY, roles
from sim.report.span import resolved, windows

if TYPE_CHECKING:
    from sim.spec.faults.scene import FaultScene
    from sim.spec.scenario import Scenario

Document = Mapping[str, Any]
Step = tuple[float, str]
States = dict[str, list[Step]]
Layer = tuple[float, float | None, str]  # from, to (None: to the end), state

UP, DOWN, CUT, IMPAIRED = "up", "down", "cut", "impaired"
RUNS, STOPPED = "runs", "stopped"
WORST = (DOWN, CUT, IMPAIRED)  # of layers that overlap the first here shows
HURTS = {d.CUT: CUT, d.LATENCY: IMPAIRED, d.JITTER: IMPAIRED, d.LOSS: IMPAIRED, d.BANDWIDTH: IMPAIRED}
# (kind of milestone, state that its subject then has), by the key that its subject is put into
TURNS: dict[str, dict[type[Happening], str]] = {
    "region/{}": {RegionDown: DOWN, RegionUp: UP},
    "process/{}": {ProcessStopped: STOPPED, ProcessStarted: RUNS, RelayResumed: RUNS, ReaderMoved: RUNS},
    BUS.at("{}"): {RegionDown: DOWN, RegionUp: UP},
    "{}": {PartitionsDown: "partly down", PartitionsUp: UP},
}


def states(document: Document, scenario: "Scenario") -> States:
    """Return every state of a run; ``scenario``: resolved, that of the document."""
    turned = _turned(document, scenario)
    held = _roles(document)
    links = _links(document, scenario, turned, held)
    return {
        **turned,
        **held,
        **_routes(document),
        **links,
        **_faults(document),
        **_hits(document, scenario, held),
    }


def placed(places: Mapping[str, Sequence[Step]]) -> States:
    """Return where processes of the data path work; ``places``: each time that they begin somewhere."""
    found: States = {}
    for process, moved in places.items():
        for at_s, region in moved:
            _turn(found.setdefault(f"place/{process}", []), at_s, region)
    return found


def at(steps: Sequence[Step], at_s: float) -> str:
    """Return what holds at a time (s), its own change included."""
    return steps[bisect_right(steps, at_s, key=lambda step: step[0]) - 1][1]


def _turned(document: Document, scenario: "Scenario") -> States:
    """Return the states that milestones name: of regions, processes and buses."""
    from sim.spec.processes import JOBS, processes_of

    found: States = {f"region/{name}": [(0.0, UP)] for name in scenario.regions}
    for domain in scenario.databases:
        found |= {f"process/{name}": [(0.0, RUNS)] for name in processes_of(scenario, domain)}
    if scenario.bus is not None:
        found |= {BUS.at(name): [(0.0, UP)] for name in scenario.regions}
    for one in document["milestones"]:
        what = KINDS[one["kind"]]
        for key, turns in TURNS.items():
            if what in turns and (key != BUS.at("{}") or scenario.bus is not None):
                _turn(found.setdefault(key.format(one["subject"]), []), one["at_s"], turns[what])
        if what is LakeMoved:
            for name in (f"process/{domain}/{job}" for domain in scenario.databases for job in JOBS):
                _turn(found[name], one["at_s"], RUNS)
    return found


def _turn(steps: list[Step], at_s: float, state: str) -> None:
    """Add a step, unless nothing changes; of two at one time the later holds."""
    if steps and steps[-1][0] == at_s:
        steps.pop()
    if not steps or steps[-1][1] != state:
        steps.append((at_s, state))


def _roles(document: Document) -> States:
    found: States = {}
    for role in roles(document):
        _turn(found.setdefault(f"role/{role.store}/{role.region}", []), role.began_s, role.role)
    return found


def _routes(document: Document) -> States:
    """Return where gateways send writes, as far as they have learned."""
    spec = resolved(document)
    found: States = {
        f"route/{store}/{region}": [(0.0, database["primary"])]
        for store, database in spec["databases"].items()
        for region in spec["regions"]
    }
    for one in document["milestones"]:
        if one["kind"] == Rerouted.kind.name:
            store, _, region = one["subject"].split("/")
            _turn(found[f"route/{store}/{region}"], one["at_s"], one["values"]["region"])
    return found


def _faults(document: Document) -> States:
    found: States = {f"fault/{name}": [(0.0, "off")] for name in document["faults"]}
    for name, began_s, healed_s in windows(document):
        _turn(found[f"fault/{name}"], began_s, "on")
        if healed_s is not None:
            _turn(found[f"fault/{name}"], healed_s, "off")
    return found


def _hits(document: Document, scenario: "Scenario", held: States) -> States:
    """Return what each fault hits in each region, by who is primary when it begins."""
    found: States = {}
    for name, began_s, healed_s in windows(document):
        for region, what in struck(scenario, name, _scene(scenario, held, began_s)).items():
            steps = found.setdefault(f"hit/{name}/{region}", [(0.0, "")])
            _turn(steps, began_s, what)
            if healed_s is not None:
                _turn(steps, healed_s, "")
    return found


def _links(document: Document, scenario: "Scenario", turned: States, held: States) -> States:
    """Return what became of each link one way, by the faults that turn its dials and by its ends."""
    layers: dict[str, list[Layer]] = {f"link/{pair}": [] for pair in scenario.network.links}
    for key in layers:
        for end in key.split("/")[1:]:
            layers[key] += [
                (began, ended, DOWN)
                for began, ended, state in _spans(turned[f"region/{end}"])
                if state == DOWN
            ]
    for name, began_s, healed_s in windows(document):
        for turn in scenario.faults[name].turns(_scene(scenario, held, began_s)):
            hurt = HURTS.get(turn.dial)
            key = "link/" + "/".join(turn.of)
            if hurt is not None and key in layers:
                layers[key].append((began_s, healed_s, hurt))
    return {key: _layered(found) for key, found in layers.items()}


def _scene(scenario: "Scenario", held: States, at_s: float) -> "FaultScene":
    """Return what a fault meets: who is primary just before a time; where nobody is, who was at first."""
    from sim.spec.faults.scene import FaultScene

    found = {store: database.primary for store, database in scenario.databases.items()}
    for key, steps in held.items():
        _, store, region = key.split("/")
        before = [state for began_s, state in steps if began_s < at_s or began_s == 0]
        if before and before[-1] == PRIMARY:
            found[store] = region
    return FaultScene(scenario, found)


def _spans(steps: Sequence[Step]) -> Iterator[Layer]:
    """Yield (from, to, state) of a step function; the last lasts."""
    ends = [*(began_s for began_s, _ in steps[1:]), None]
    for (began_s, state), ended_s in zip(steps, ends, strict=True):
        yield began_s, ended_s, state


def _layered(layers: Iterable[Layer]) -> list[Step]:
    """Return the worst of the layers that hold at each time, ``up`` where none does."""
    found = list(layers)
    edges = sorted({0.0, *(b for b, _, _ in found), *(e for _, e, _ in found if e is not None)})
    steps: list[Step] = []
    for edge in edges:
        here = {state for began, ended, state in found if began <= edge and (ended is None or edge < ended)}
        _turn(steps, edge, next((state for state in WORST if state in here), UP))
    return steps
