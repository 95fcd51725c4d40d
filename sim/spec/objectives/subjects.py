"""What an objective can be about: the subjects that each metric has in a scenario."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sim.core.names import known_as
from sim.core.stages import BUS, CONSUMERS, READ, STAGES, TABLES, part_of
from sim.spec.bus.handlers import root_of, roots
from sim.spec.objectives.metrics import METRICS
from sim.spec.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of subjects: in a word, all there are of it in a scenario, and why there may be none.

    ``path``: whether it may be part of the data path. ``loads``: the domains that must have load for one of
    it to be judged; None: it is judged anyhow.
    """

    word: str
    found: Callable[[Scenario], list[str]]
    none: str = ""  # "": the bus or the lake is missing
    path: bool = True
    loads: Callable[[Scenario, str], list[str]] | None = None


def subjects(scenario: Scenario, metric: str) -> tuple[str, list[str]]:
    """Return what a metric is measured of, in a word, and all there are of it."""
    kind = kind_of(metric)
    return kind.word, kind.found(scenario)


def kind_of(metric: str) -> Kind:
    """Return the kind of subjects that a metric is measured of."""
    return KINDS[METRICS[metric].of]


def sold_by(scenario: Scenario, of: str) -> list[str]:
    """Return the domain whose clients' writes are the orders that a stock is taken for."""
    stock = scenario.databases[of].stock
    root = None if stock is None else root_of(scenario, stock.taken_by)
    return [root] if root in scenario.databases else []


def written_by(scenario: Scenario, of: str) -> list[str]:
    """Return the domains whose writes a subject of the data path is about."""
    insights = {f"dashboard.{name}": insight for name, insight in scenario.insights.items()}
    if of in insights:
        return [domain for domain in insights[of].reads if domain in scenario.databases]
    head = of.partition(".")[0]
    return [head] if head in scenario.databases else list(scenario.databases)


def reads_of(scenario: Scenario) -> list[str]:
    """Return the capabilities that are reads of a database; whole names, since ends can be anybody's."""
    return [f"{name}.read" for name in scenario.databases]


def writes_of(scenario: Scenario) -> list[str]:
    """Return the capabilities that are writes to a database."""
    return [f"{name}.write" for name in scenario.databases]


def _requests(scenario: Scenario) -> Iterator[str]:
    for pair in zip(reads_of(scenario), writes_of(scenario), strict=True):
        yield from pair


def _deliveries(scenario: Scenario) -> Iterator[str]:
    """Yield what is as good as it is fresh."""
    for name in scenario.databases if scenario.bus else ():
        yield BUS.capability.format(domain=name)
        yield from _consumers(scenario, name)
    yield from (table.capability for table in TABLES if scenario.lake)
    yield from (f"dashboard.{name}" for name in scenario.insights)


def _readers(scenario: Scenario, domain: str) -> Iterator[str]:
    yield from _consumers(scenario, domain)
    yield from (f"{domain}.{table.name}" for table in TABLES if scenario.lake)


def _stages(scenario: Scenario, domain: str) -> Iterator[str]:
    """Yield the stages that a record of a domain passes after its commit."""
    for stage in STAGES[1:] if scenario.bus else ():
        if stage.each == CONSUMERS:
            yield from _consumers(scenario, domain)
        elif part_of(scenario, stage):
            yield from (f"{domain}.{name}" for name in stage.names(scenario.regions))


def _consumers(scenario: Scenario, domain: str) -> Iterator[str]:
    yield from (
        READ.capability.format(domain=domain, name=known_as(name))
        for name, consumer in scenario.consumers.items()
        if consumer.of == domain
    )


def _arrivals(scenario: Scenario) -> list[str]:
    return [of for name in scenario.databases for of in _readers(scenario, name)]


def _all_stages(scenario: Scenario) -> list[str]:
    return [of for name in scenario.databases for of in _stages(scenario, name)]


def _stream_jobs(scenario: Scenario) -> list[str]:
    return [f"{name}.stream" for name in scenario.databases] if scenario.lake else []


def _stocks(scenario: Scenario) -> list[str]:
    return [name for name, database in scenario.databases.items() if database.stock]


KINDS = {
    "requests": Kind("capability", lambda s: list(_requests(s)), path=False, loads=written_by),
    "capability": Kind("capability", lambda s: [*_requests(s), *_deliveries(s)], loads=written_by),
    "delivery": Kind("capability of the data path", lambda s: list(_deliveries(s)), loads=written_by),
    "arrivals": Kind("consumer or zone", _arrivals, loads=written_by),
    "stage": Kind("stage", _all_stages, loads=written_by),
    "stream job": Kind("stream job", _stream_jobs, loads=written_by),
    "platform": Kind("subject", lambda s: ["platform"] if s.bus else [], loads=written_by),
    "insight": Kind(
        "insight",
        lambda s: [f"dashboard.{name}" for name in s.insights],
        "there are no insights",
        loads=written_by,
    ),
    "orders": Kind("domain of orders", roots, "no consumer writes", loads=written_by),
    "stock": Kind("stock", _stocks, "no database has a stock", loads=sold_by),
    "store": Kind("store", lambda s: list(s.databases), path=False),
}
