"""The same tandem elsewhere: Cimba, SimPy, and a bare loop compiled by numba.

Each returns the mean time in the system, s, if it knows it.
"""

from collections.abc import Callable

import numpy as np
import simpy
from numba import njit

from benchmarks.tandem import LOAD, STAGES


@njit
def _loop(customers, stages, gap):
    done = np.zeros(stages)
    arrival = total = 0.0
    for _ in range(customers):
        arrival += np.random.exponential(gap)
        time = arrival
        for stage in range(stages):
            time = max(time, done[stage]) + np.random.exponential(1.0)
            done[stage] = time
        total += time - arrival
    return total / customers


def bare_loop(customers: int) -> float:
    """Run Lindley's recursion with numba's own random numbers: no faults, no pulls, no keyed draws."""
    return _loop(customers, STAGES, 1 / LOAD)


def simpy_processes(customers: int) -> float:
    """Run a process for each customer, a resource for each queue."""
    env, draw = simpy.Environment(), np.random.default_rng(0).exponential
    servers = [simpy.Resource(env) for _ in range(STAGES)]
    spent = []

    def customer():
        began = env.now
        for server in servers:
            with server.request() as turn:
                yield turn
                yield env.timeout(draw())
        spent.append(env.now - began)

    def arrivals():
        for _ in range(customers):
            yield env.timeout(draw(1 / LOAD))
            env.process(customer())

    env.process(arrivals())
    env.run()
    return float(np.mean(spent))


def cimba_model() -> Callable[[int], float] | None:
    """Return a function that runs the tandem in Cimba, None if Cimba is not installed.

    Customers are counts in containers, the cheapest form that Cimba has: it does not even know how long one
    stayed.
    """
    try:
        import cimba
    except ImportError:
        return None
    from benchmarks.tandem_cimba import Tandem

    def run(customers: int) -> float:
        model = Tandem()
        model.customers = customers
        results = cimba.Experiment(model, window=cimba.Window.until_idle(), seed=1).run()
        served = float(results[model].served.values[0, 0])
        if served != customers:
            raise RuntimeError(f"Cimba served {served} of {customers}")
        return float("nan")

    return run
