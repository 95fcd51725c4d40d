"""Five FIFO queues in tandem, exponential: the engine's kernels against the fastest peer on PyPI, in one run.

A customer-stage is one customer served at one of the five queues. Every contender draws its own random
numbers and handles the same number of customers at the same load, on one core; the least processor time of
several turns counts, and the contenders take turns.
"""

from collections.abc import Callable
from time import process_time

from benchmarks.figure import QUICK, Figure
from benchmarks.process import worked

STAGES = 5
LOAD = 0.7  # arrivals a second; a service lasts a second in the mean
TURNS = 5
CUSTOMERS = {  # enough for the start of each to be a small part
    "engine": 4_000_000,
    "loop": 4_000_000,
    "cimba": 400_000,
    "simpy": 5_000,
}
MEAN_S = STAGES / (1 - LOAD)  # in the whole system, by Jackson's theorem (published.md, Q-3)


def work(size: str) -> dict[str, float | str]:
    """Return customer-stages a second of each contender, and the engine's mean time in the system."""
    from benchmarks import tandem_engine, tandem_peers

    contenders: dict[str, Callable[[int], float]] = {
        "engine": tandem_engine.run,
        "loop": tandem_peers.bare_loop,
        "simpy": tandem_peers.simpy_processes,
    }
    cimba = tandem_peers.cimba_model()
    if cimba is not None:
        contenders["cimba"] = cimba
    counts = {name: count // 20 if size == QUICK else count for name, count in CUSTOMERS.items()}
    for run in contenders.values():
        run(1000)  # compiles
    found: dict[str, float | str] = {}
    for _ in range(TURNS):
        for name, run in contenders.items():
            began = process_time()
            mean = run(counts[name])
            spent = process_time() - began
            found[name] = max(found.get(name, 0.0), STAGES * counts[name] / spent)
            if name == "engine":
                found["mean"] = mean
    return found


def measure(size: str) -> list[Figure]:
    """Return customer-stages a second, and the ratio to Cimba if it is installed."""
    found = worked("tandem", size)
    names = {
        "engine": "this engine",
        "cimba": "Cimba",
        "loop": "a bare numba loop",
        "simpy": "SimPy, a process a customer",
    }
    figures = [
        Figure(text, found[name] / 1e6, "million a second") for name, text in names.items() if name in found
    ]
    figures.append(Figure("mean time in the system against theory", found["mean"] / MEAN_S))
    if "cimba" not in found:
        return [
            *figures,
            Figure("this engine against Cimba", "Cimba is not installed: pip install '.[bench]'"),
        ]
    return [
        *figures,
        Figure("this engine against Cimba", found["engine"] / found["cimba"], "times", least=10),
    ]
