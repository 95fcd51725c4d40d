"""Wide cases: what the usual platforms leave out.

Two regions and many, decisions of minutes, loads that change, reads at the primary, and faults that never
heal, take the data, come several to one node or strike at the end.

The large and the long are rare, and their load is thin, so that a case takes no longer on the average.
"""

from sim.core.distributions import constant, uniform
from sim.spec.network.network import Region
from sim.spec.resolve import resolve
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database
from sim.spec.store.routing import Client, Gateway
from sim.spec.store.workload import Bursty, Diurnal

from .generate import (
    EVEN,
    REGIONS,
    Dice,
    Maker,
    S,
    acknowledged,
    database_of,
    gateway_of,
    level_of,
    network_of,
    pulls_for,
)
from .sides import Case
from .stories import told

TWO, USUAL, MANY, SLOW = "two regions", "usual", "many regions", "decisions of minutes"
KINDS = (TWO, TWO, TWO, USUAL, USUAL, USUAL, USUAL, USUAL, USUAL, MANY, SLOW, SLOW)
NAMES = tuple(sorted((*REGIONS, *(f"r{i:02}" for i in range(15)))))
STORES = ("orders", "stock", "users")


def wide(number: int) -> Case:
    """Return wide case ``number``."""
    dice = Dice(f"wide {number}")
    make = Maker(dice)
    kind = dice.pick(KINDS)
    scenario = _platform(make, kind, f"wide case {number}")
    scenario = acknowledged(make, number, scenario)
    scenario = scenario.model_copy(update={"faults": told(make, scenario)})
    scenario = resolve(scenario)
    return Case(number, make.style, scenario, dice.whole(0, 2**31), pulls_for(number, scenario))


def _platform(make: Maker, kind: str, name: str) -> Scenario:
    dice = make.dice
    regions = _regions(make, kind)
    stores = STORES[
        : dice.pick((2, 3) if make.style == EVEN else (1,)) if kind == MANY else dice.pick((1, 1, 2, 3))
    ]
    clients = dice.some(regions, 1, 6 if kind == MANY else 3)
    return Scenario(
        name=name,
        duration=_duration(make, kind),
        regions={region: Region() for region in regions},
        network=network_of(make, regions),
        clients={client: Client(share=dice.real(0.5, 2.0)) for client in clients},
        gateway=gateway_of(make) if kind != SLOW else _slow_gateway(make),
        level=level_of(make),
        warmup=make.span(0, 2000),
        databases={store: _store(make, kind, regions, share=1 / len(stores)) for store in stores},
    )


def _regions(make: Maker, kind: str) -> tuple[str, ...]:
    if kind == TWO:
        return REGIONS[:2]
    many = make.dice.pick((6, 8, 10, 14, 20))
    return NAMES[:many] if kind == MANY else REGIONS[: make.dice.pick((3, 3, 3, 4, 5))]


def _duration(make: Maker, kind: str) -> int:
    dice = make.dice
    seconds = {MANY: (4, 9), SLOW: (200, 500)}.get(kind, (8, 20))
    return dice.whole(*seconds) * S + (0 if make.style == EVEN else dice.whole(0, S))


def _slow_gateway(make: Maker) -> Gateway:
    usual = gateway_of(make)
    check = usual.check.model_copy(update={"interval": make.span(8000, 20_000), "offset": None})
    return usual.model_copy(update={"check": check})


def _store(make: Maker, kind: str, regions: tuple[str, ...], *, share: float) -> Database:
    dice = make.dice
    load = {MANY: 0.3, SLOW: 0.06}.get(kind, 0.8)
    base = database_of(make, regions, share=share)
    rates = {word: getattr(base.workload, word) * load for word in ("writes", "reads")}
    workload = base.workload.model_copy(update={**rates, **_changing(make)})
    failover = base.failover.model_copy(update=_rules(make, kind, regions))
    reads = dice.pick(("local", "primary"))
    return base.model_copy(update={"workload": workload, "failover": failover, "reads": reads})


def _changing(make: Maker) -> dict:
    """Return, for every other store, a load that goes up and down, also where all quantities are even."""
    dice = make.dice
    if not dice.chance(0.5):
        return {}
    if dice.chance(0.5):
        calm, burst = make.span(200, 3000), make.span(50, 1500)
        return {"arrivals": Bursty(factor=dice.real(1.5, 6), calm=calm, burst=burst)}
    period, step = make.span(1000, 10_000), make.span(50, 900)
    peak = dice.whole(0, period)
    return {"arrivals": Diurnal(amplitude=dice.real(0.1, 0.95), period=period, peak=peak, step=step)}


def _rules(make: Maker, kind: str, regions: tuple[str, ...]) -> dict:
    """Return how a store fails over: often with a limit that lies between the lags of its replicas."""
    dice = make.dice
    rules: dict = {"max_lag": make.span(1, 120)} if dice.chance(0.6) else {}
    if kind == SLOW:
        interval = make.span(2000, 9000)
        rules |= {
            "interval": interval,
            "timeout": make.span(500, 2000),
            "lease": interval + make.span(10, 9000),
        }
        return {
            **rules,
            "decision": uniform(30.0 * S, 180.0 * S),
            "offset": None,
            "failures": dice.whole(1, 2),
        }
    if dice.chance(0.3):  # long enough for a primary to come back before it
        rules["decision"] = constant(make.span(800, 4000))
    return rules
