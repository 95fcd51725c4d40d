"""Distributions as data: a kind and its parameters, in the base unit of the quantity they describe.

Durations are in nanoseconds, rates per second, sizes in bytes. Sampling is compiled and lives in
``sim.engine.sampling``; moments are here because validation and reports need them without a compiler.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "constant",
    "uniform",
    "exponential",
    "lognormal",
    "gamma",
    "pareto",
    "weibull",
    "mixture",
    "empirical",
)
Z99 = 2.3263478740408408  # the standard normal quantile of 0.99


@dataclass(frozen=True, slots=True)
class Distribution:
    """One distribution.

    ``params`` by kind: constant (value), uniform (low, high), exponential (mean), lognormal (mu, sigma of the
    logarithm), gamma (shape, scale), pareto (minimum x_m, alpha), weibull (shape, scale), mixture: weights
    that sum to 1, one a part, empirical: none, ``values`` sorted ascending, each with one of ``weights``
    (more than 0) or, where there are none, all as often.
    """

    kind: str
    params: tuple[float, ...] = ()
    parts: tuple["Distribution", ...] = ()
    values: tuple[float, ...] = field(default=(), repr=False)
    weights: tuple[float, ...] = field(default=(), repr=False)
    source: str | None = None  # the file an empirical distribution was read from
    reading: tuple[tuple[str, Any], ...] = field(default=(), repr=False, compare=False)  # how, as authored
    given: tuple[float, ...] = field(
        default=(), repr=False, compare=False
    )  # lognormal: (median, p99) before logarithms

    @property
    def is_constant(self) -> bool:
        """Whether every draw gives the same value."""
        return self.kind == "constant"

    @property
    def mean(self) -> float:
        """The mean, in the distribution's unit; infinite for a pareto with alpha at most 1."""
        return _MEANS[self.kind](self)

    @property
    def least(self) -> float:
        """The lower end of what can be drawn, in the distribution's unit."""
        if self.kind in ("constant", "uniform", "pareto"):
            return self.params[0]
        if self.kind == "mixture":
            return min(part.least for part in self.parts)
        return self.values[0] if self.kind == "empirical" else 0.0


def constant(value: float) -> Distribution:
    """Return the distribution that always gives ``value``."""
    return Distribution("constant", (float(value),))


def uniform(low: float, high: float) -> Distribution:
    """Return the uniform distribution over [low, high]."""
    return Distribution("uniform", (float(low), float(high)))


def exponential(mean: float) -> Distribution:
    """Return the exponential distribution with the given mean."""
    return Distribution("exponential", (float(mean),))


def lognormal(median: float, p99: float) -> Distribution:
    """Return the lognormal distribution with a median and a 99th percentile.

    mu = ln median, sigma = ln(p99/median)/z.
    """
    sigma = (math.log(p99) - math.log(median)) / Z99
    return Distribution("lognormal", (math.log(median), sigma), given=(float(median), float(p99)))


def gamma(mean: float, cv: float) -> Distribution:
    """Return the gamma distribution with a mean and a coefficient of variation.

    shape = 1/cv^2, scale = mean cv^2.
    """
    return Distribution("gamma", (1.0 / (cv * cv), mean * cv * cv))


def mixture(weights: Sequence[float], parts: Sequence[Distribution]) -> Distribution:
    """Return the mixture of ``parts``; weights need not sum to 1."""
    return Distribution("mixture", proportions(weights), tuple(parts))


def empirical(
    values: Sequence[float], source: str | None = None, *, weights: Sequence[float] | None = None
) -> Distribution:
    """Return the distribution that draws one of ``values``, each as often, or as often as its weight says.

    Values of weight 0 are left out; one must be more than 0.
    """
    if weights is None:
        drawn = tuple(sorted(float(value) for value in values))
        return Distribution("empirical", values=drawn, source=source)
    pairs = sorted((float(v), float(w)) for v, w in zip(values, weights, strict=True) if w > 0)
    drawn, often = zip(*pairs, strict=True)
    return Distribution("empirical", values=drawn, weights=often, source=source)


def _empirical_mean(dist: Distribution) -> float:
    if not dist.weights:
        return math.fsum(dist.values) / len(dist.values)
    products = (weight * value for weight, value in zip(dist.weights, dist.values, strict=True))
    return math.fsum(products) / math.fsum(dist.weights)


def proportions(weights: Sequence[float]) -> tuple[float, ...]:
    """Return the weights divided by their sum; unchanged if that is 1 but for rounding (twice is once)."""
    total = math.fsum(weights)
    if abs(total - 1.0) < 1e-12:
        return tuple(float(weight) for weight in weights)
    return tuple(weight / total for weight in weights)


def _pareto_mean(dist: Distribution) -> float:
    least, alpha = dist.params
    return math.inf if alpha <= 1 else alpha * least / (alpha - 1)


def _power(function: Callable[[float], float], x: float) -> float:
    """Return a value of a function that has no bound, infinity where a float cannot hold it."""
    try:
        return function(x)
    except OverflowError:
        return math.inf


_MEANS: dict[str, Callable[[Distribution], float]] = {
    "constant": lambda d: d.params[0],
    "uniform": lambda d: (d.params[0] + d.params[1]) / 2,
    "exponential": lambda d: d.params[0],
    "lognormal": lambda d: _power(math.exp, d.params[0] + d.params[1] ** 2 / 2),
    "gamma": lambda d: d.params[0] * d.params[1],
    "pareto": _pareto_mean,
    "weibull": lambda d: d.params[1] * _power(math.gamma, 1 + 1 / d.params[0]),
    "mixture": lambda d: math.fsum(w * part.mean for w, part in zip(d.params, d.parts, strict=True)),
    "empirical": _empirical_mean,
}
