"""Draws, compiled: one hash, and the inverse distribution functions.

Hash: the two-round MurmurHash3 64-bit finalizer (Appleby, public domain) over (key, rid) and then (attempt,
purpose). The same compiled functions serve the engine and the naive twin, so a draw is the same bits for
both.
"""

import math
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from sim.core.distributions import KINDS, Distribution
from sim.core.draws import Purpose
from sim.core.quantity import FOREVER_NS
from sim.engine.compiled import allocating, compiled, drawn, inlined, outlined

CONSTANT, UNIFORM, EXPONENTIAL, LOGNORMAL, GAMMA, PARETO, WEIBULL, MIXTURE, EMPIRICAL = range(len(KINDS))
WEIGHTED = len(KINDS)  # empirical, with weights
_MIXTURE_OFFSET = Purpose.MIXTURE_OFFSET
FOREVER = np.int64(FOREVER_NS)
_NEVER = float(FOREVER_NS)

_M1 = np.uint64(0xFF51AFD7ED558CCD)
_M2 = np.uint64(0xC4CEB9FE1A85EC53)
_C1 = np.uint64(0x9E3779B97F4A7C15)
_C2 = np.uint64(0xD1B54A32D192ED03)
_C3 = np.uint64(0x8CB92BA72F3D8DD7)
_S33 = np.uint64(33)
_S32 = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)
_S11 = np.uint64(11)
_TO_UNIT = 2.0**-53


class DistTable(NamedTuple):
    """Distributions in the form the compiled code reads.

    ``rows``: float64 (n, 4): code, first parameter, second parameter, cumulative weight within a mixture.
    ``values``: float64 (m,), the sorted values of all empirical distributions; behind those with
    weights the part of all that the weights up to each add up to, 1 in the end.
    """

    rows: np.ndarray
    values: np.ndarray


def encode(distributions: list[Distribution]) -> DistTable:
    """Return the table of ``distributions``; row i is distribution i, parts of mixtures follow behind."""
    rows = [[0.0] * 4 for _ in distributions]
    values: list[float] = []
    for i, dist in enumerate(distributions):
        rows[i] = _row(dist, values)
        if dist.kind == "mixture":
            parts = _flatten(dist, 1.0)
            rows[i][1:3] = [float(len(rows)), float(len(parts))]
            cumulative = 0.0
            for weight, part in parts:
                cumulative += weight
                rows.append([*_row(part, values)[:3], cumulative])
    return DistTable(np.array(rows, np.float64).reshape(-1, 4), np.array(values, np.float64))


def _row(dist: Distribution, values: list[float]) -> list[float]:
    code = float(KINDS.index(dist.kind))
    if dist.kind == "empirical":
        first = float(len(values))
        values.extend(dist.values)
        if dist.weights:
            code = float(WEIGHTED)
            sums = list(accumulate(dist.weights))
            values.extend(part / sums[-1] for part in sums)
        return [code, first, float(len(dist.values)), 0.0]
    first, second = (*dist.params, 0.0, 0.0)[:2]
    return [code, first, second, 0.0]


def _flatten(dist: Distribution, weight: float) -> list[tuple[float, Distribution]]:
    """Return (weight, part) of a mixture with nested mixtures multiplied out."""
    if dist.kind != "mixture":
        return [(weight, dist)]
    pairs = zip(dist.params, dist.parts, strict=True)
    return [leaf for w, part in pairs for leaf in _flatten(part, weight * w)]


@inlined
def _mix(h):
    h ^= h >> _S33
    h *= _M1
    h ^= h >> _S33
    h *= _M2
    h ^= h >> _S33
    return h


@drawn
def raw(key, rid, attempt, purpose):
    """Return the 64 hashed bits of a draw (uint64)."""
    h = _mix(np.uint64(key) ^ (np.uint64(rid) * _C1))
    return _mix(h ^ (np.uint64(attempt) * _C2 + np.uint64(purpose) * _C3))


@drawn
def halves(bits, most, other):
    """Return two draws from the halves of 64 bits: one below ``most`` and one below ``other``."""
    upper, lower = np.int64(bits >> _S32), np.int64(bits & _LOWER)
    return upper * most >> 32, lower * other >> 32


@drawn
def uniform(key, rid, attempt, purpose):
    """Return a draw in the open interval (0, 1), a multiple of 2^-53 plus 2^-54."""
    return (np.float64(raw(key, rid, attempt, purpose) >> _S11) + 0.5) * _TO_UNIT


@compiled
def draw_uniforms(keys, rids, purpose, out):
    """Fill ``out`` (n,) float64 with first draws of records ``rids`` (n,) int64 by ``keys`` (n,) uint64."""
    for i in range(len(keys)):
        out[i] = uniform(keys[i], rids[i], 0, purpose)


@drawn
def sample(table, index, key, rid, attempt, purpose):
    """Return a draw from distribution ``index`` of the table, in that distribution's unit (float64)."""
    # The two commonest kinds come first and are inlined: a tenth of the cost of asking for the kind of
    # every draw.
    if table.rows[index, 0] == CONSTANT:
        return table.rows[index, 1]
    if table.rows[index, 0] == EXPONENTIAL:
        return -math.log(uniform(key, rid, attempt, purpose)) * table.rows[index, 1]
    return _sample(table, index, key, rid, attempt, purpose)


@outlined
def _sample(table, index, key, rid, attempt, purpose):
    rows = table.rows
    if rows[index, 0] == MIXTURE:
        pick = uniform(key, rid, attempt, purpose + _MIXTURE_OFFSET)
        first = np.int64(rows[index, 1])
        last = first + np.int64(rows[index, 2]) - 1
        index = first
        while index < last and pick > rows[index, 3]:
            index += 1
        if rows[index, 0] == CONSTANT:
            return rows[index, 1]
    return _inverse(table, index, uniform(key, rid, attempt, purpose))


@compiled
def _inverse(table, index, u):
    code = table.rows[index, 0]
    a = table.rows[index, 1]
    b = table.rows[index, 2]
    if code == EXPONENTIAL:
        return -math.log(u) * a
    if code == UNIFORM:
        return a + (b - a) * u
    if code == LOGNORMAL:
        return math.exp(a + b * normal_quantile(u))
    if code == PARETO:
        return a / u ** (1.0 / b)
    if code == WEIBULL:
        return b * (-math.log(u)) ** (1.0 / a)
    if code == GAMMA:
        return b * _gamma_quantile(a, u)
    if code == WEIGHTED:
        return table.values[np.int64(a) + _weighted(table.values, np.int64(a) + np.int64(b), np.int64(b), u)]
    return table.values[np.int64(a) + np.int64(u * b)]


@compiled
def _weighted(parts, first, count, u):
    """Return the number of the first of ``count`` parts, from ``first`` on, that is at least ``u``."""
    low = np.int64(0)
    high = count - 1
    while low < high:
        middle = (low + high) // 2
        if parts[first + middle] >= u:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def normal_quantile(p):
    """Return the standard normal quantile of p.

    Acklam (2003), with one Halley step: relative error below 1e-15.
    """
    if p < 0.02425 or p > 0.97575:
        q = math.sqrt(-2.0 * math.log(min(p, 1.0 - p)))
        x = (
            (
                (
                    ((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q
                    - 2.549732539343734
                )
                * q
                + 4.374664141464968
            )
            * q
            + 2.938163982698783
        ) / (
            (
                ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
                + 3.754408661907416
            )
            * q
            + 1.0
        )
        if p > 0.5:
            x = -x
    else:
        q = p - 0.5
        r = q * q
        x = (
            (
                (
                    (
                        ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
                        + 1.383577518672690e02
                    )
                    * r
                    - 3.066479806614716e01
                )
                * r
                + 2.506628277459239
            )
            * q
        ) / (
            (
                (
                    ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                    + 6.680131188771972e01
                )
                * r
                - 1.328068155288572e01
            )
            * r
            + 1.0
        )
    e = 0.5 * math.erfc(-x / math.sqrt(2.0)) - p
    step = e * math.sqrt(2.0 * math.pi) * math.exp(x * x / 2.0)
    return x - step / (1.0 + x * step / 2.0)


@compiled
def _gamma_quantile(shape, p):
    """Return the quantile of the unit-scale gamma distribution.

    A start by Wilson and Hilferty, then safeguarded Newton steps.
    """
    t = 1.0 - 1.0 / (9.0 * shape) + normal_quantile(p) / (3.0 * math.sqrt(shape))
    x = shape * t * t * t
    if x <= 0.0 or shape < 1.0:
        x = (p * math.exp(math.lgamma(shape + 1.0))) ** (1.0 / shape)
    low = 0.0
    high = math.inf
    for _ in range(200):
        e = _gamma_cdf(shape, x) - p
        if e > 0.0:
            high = x
        else:
            low = x
        density = math.exp((shape - 1.0) * math.log(x) - x - math.lgamma(shape))
        new = x - e / density if density > 0.0 else -1.0
        if not low < new < high:
            new = 0.5 * (low + high) if high < math.inf else 2.0 * x
        if abs(new - x) <= 1e-14 * x:
            return new
        x = new
    return x


@compiled
def _gamma_cdf(shape, x):
    """Return the regularized lower incomplete gamma function.

    A series below shape + 1, a continued fraction (Lentz) above.
    """
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = 1.0 / shape
        total = term
        n = shape
        while abs(term) > 1e-17 * abs(total):
            n += 1.0
            term *= x / n
            total += term
        return total * front
    b = x + 1.0 - shape
    c = 1e300
    d = 1.0 / b
    h = d
    for i in range(1, 1000):
        an = -i * (i - shape)
        b += 2.0
        d = 1.0 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1.0) < 1e-16:
            break
    return 1.0 - h * front


@allocating
def _alias(weights):
    n = weights.size
    accept = weights * (n / weights.sum())
    alias = np.arange(n)
    small = np.empty(n, np.int64)
    large = np.empty(n, np.int64)
    ns = 0
    nl = 0
    for i in range(n):
        if accept[i] < 1.0:
            small[ns] = i
            ns += 1
        else:
            large[nl] = i
            nl += 1
    while ns > 0 and nl > 0:
        ns -= 1
        s = small[ns]
        big = large[nl - 1]
        alias[s] = big
        accept[big] -= 1.0 - accept[s]
        if accept[big] < 1.0:
            nl -= 1
            small[ns] = big
            ns += 1
    return accept, alias


@lru_cache(maxsize=8)  # domains with as many keys share one table, which stays in the processor's cache
def zipf_table(count: int, exponent: float) -> np.ndarray:
    """Return Walker's alias table of P(key k) proportional to (k + 1) ** -exponent, k from 0 to count - 1.

    float64 (count, 2): how far into its cell a key is accepted (at most 1), and the key behind it.
    """
    accept, alias = _alias(np.arange(1, count + 1, dtype=np.float64) ** -exponent)
    return np.stack([np.minimum(accept, 1.0), alias], axis=1)


@drawn
def zipf(table, u):
    """Return the key (int64) that u in (0, 1) picks."""
    scaled = u * table.shape[0]
    i = np.int64(scaled)
    cell = table[i]
    # 1 if scaled - i < cell[0], else 0: a branch here would be a coin toss, and wait for memory
    own = np.int64(math.ceil(cell[0] - (scaled - i)))
    other = np.int64(cell[1])
    return other + (i - other) * own


@drawn
def ns(x):
    """Return a drawn duration as int64 ns: rounded half up, at least 1, at most FOREVER."""
    return max(np.int64(1), np.int64(math.floor(x + 0.5))) if x < _NEVER else FOREVER


@drawn
def rescaled(left, now, to):
    """Return what remains (int64 ns) at speed ``to`` of ``left`` ns at speed ``now``; at most FOREVER."""
    x = left * now / to
    return np.int64(math.floor(x + 0.5)) if x < _NEVER else FOREVER


@drawn
def waits(u, loss, retransmit):
    """Return after how many ns (float64) the transmission departs that is not lost, at most FOREVER each.

    The number of losses is geometric; ``loss``, 0 to 1, is 1 where several add up to it. u: in (0, 1).
    """
    lost = math.log(u) / math.log(loss) if loss < 1.0 else _NEVER
    return np.floor(min(lost, _NEVER)) * retransmit
