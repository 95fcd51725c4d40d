"""Five FIFO queues in tandem as a Cimba model (imported only where Cimba is installed)."""

import cimba as cb
from cimba import random

from benchmarks.tandem import LOAD


class Tandem(cb.Model):
    """Arrivals and five servers; a queue is a container that counts who waits."""

    customers: cb.Param[int] = 1
    gap: cb.Param[float] = 1 / LOAD
    q1: cb.Container
    q2: cb.Container
    q3: cb.Container
    q4: cb.Container
    q5: cb.Container
    served: cb.Output[float]

    @cb.on_start
    def begin(self):
        """Nobody has been served."""
        self.served = 0.0

    @cb.process
    def arrivals(self):
        """Customers arrive."""
        for _ in range(self.customers):
            cb.hold(random.exponential(self.gap))
            self.q1.put(1)

    @cb.process
    def first(self):
        """Serve the first queue."""
        while True:
            self.q1.get(1)
            cb.hold(random.exponential(1.0))
            self.q2.put(1)

    @cb.process
    def second(self):
        """Serve the second queue."""
        while True:
            self.q2.get(1)
            cb.hold(random.exponential(1.0))
            self.q3.put(1)

    @cb.process
    def third(self):
        """Serve the third queue."""
        while True:
            self.q3.get(1)
            cb.hold(random.exponential(1.0))
            self.q4.put(1)

    @cb.process
    def fourth(self):
        """Serve the fourth queue."""
        while True:
            self.q4.get(1)
            cb.hold(random.exponential(1.0))
            self.q5.put(1)

    @cb.process
    def fifth(self):
        """Serve the fifth queue."""
        while True:
            self.q5.get(1)
            cb.hold(random.exponential(1.0))
            self.served += 1.0
