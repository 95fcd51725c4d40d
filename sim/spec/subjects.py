"""What an objective can be about: the subjects that each metric has in a scenario."""

from collections.abc import Iterator

from sim.spec.bus.handlers import root_of, roots
from sim.spec.predicates import (
    CAPABILITY_METRICS,
    DELIVERY_METRICS,
    FRESHNESS_METRICS,
    INSIGHT_METRICS,
    LOSS_METRICS,
    ORDER_METRICS,
    REQUEST_METRICS,
)
from sim.spec.scenario import Scenario

ZONES = ("raw", "curated", "analytics")


def subjects(scenario: Scenario, metric: str) -> tuple[str, list[str]]:
    """Return what a metric is measured of, in a word, and all there are of it."""
    if metric in REQUEST_METRICS:
        return "capability", list(_requests(scenario))
    if metric in CAPABILITY_METRICS:
        return "capability", [*_requests(scenario), *_deliveries(scenario)]
    if metric in FRESHNESS_METRICS:
        return "capability of the data path", list(_deliveries(scenario))
    if metric in DELIVERY_METRICS:
        return "consumer or zone", [of for name in scenario.databases for of in _readers(scenario, name)]
    if metric in LOSS_METRICS:
        return "stage", [of for name in scenario.databases for of in _stages(scenario, name)]
    if metric == "dead_letters":
        return "stream job", [f"{name}.stream" for name in scenario.databases] if scenario.lake else []
    if metric == "recovery_point":
        return "subject", ["platform"] if scenario.bus else []
    if metric in INSIGHT_METRICS:
        return "insight", [f"dashboard.{name}" for name in scenario.insights]
    return _of_orders(scenario, metric)


def _of_orders(scenario: Scenario, metric: str) -> tuple[str, list[str]]:
    if metric in ORDER_METRICS:
        return "domain of orders", roots(scenario)
    if metric == "oversold":
        return "stock", [name for name, database in scenario.databases.items() if database.stock]
    return "store", list(scenario.databases)


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
        yield f"{name}.events"
        yield from _consumers(scenario, name)
    yield from (f"lake.{zone}" for zone in ZONES if scenario.lake)
    yield from (f"dashboard.{name}" for name in scenario.insights)


def _readers(scenario: Scenario, domain: str) -> Iterator[str]:
    yield from _consumers(scenario, domain)
    yield from (f"{domain}.{zone}" for zone in ZONES if scenario.lake)


def _stages(scenario: Scenario, domain: str) -> Iterator[str]:
    """Yield the stages that a record of a domain passes after its commit."""
    if scenario.bus is None:
        return
    yield from (f"{domain}.outbox", f"{domain}.bus")
    yield from (f"{domain}.mirror/{region}" for region in scenario.regions)
    yield from _readers(scenario, domain)
    yield from (f"{domain}.copy/{region}" for region in scenario.regions if scenario.lake)


def _consumers(scenario: Scenario, domain: str) -> Iterator[str]:
    yield from (f"{domain}.{name}" for name, consumer in scenario.consumers.items() if consumer.of == domain)
