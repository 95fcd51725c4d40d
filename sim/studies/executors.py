"""One seam for where trials run: ``concurrent.futures.Executor``, serial, a process pool, or Dask."""

import atexit
import logging
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver, get_context, parent_process, resource_tracker
from multiprocessing.connection import wait
from threading import Thread, current_thread, main_thread
from typing import Any, Protocol

from sim.studies.machine import differences, fingerprint
from sim.studies.unfinished import OtherMachine, WorkersLost

END_S = 5.0  # for a worker to end when it is told to
EMPTY = 12  # heartbeats of a study for which a scheduler may be without a worker: a minute


class Crew(Protocol):
    """Workers that take batches. ``workers``: how many batches run at once."""

    workers: int

    def submit(self, work: Callable[[dict[str, Any]], dict[str, Any]], task: dict[str, Any]) -> Future[Any]:
        """Begin a batch."""

    def renew(self) -> None:
        """After workers died: make submitting possible again. ``WorkersLost`` if it cannot be."""

    def alive(self) -> bool:
        """Return whether anybody is there to finish what was begun. Asked at each heartbeat without news."""

    def close(self) -> None:
        """Stop; what has not begun is cancelled."""


def crew(where: str) -> Crew:
    """Return the crew that ``where`` names: ``serial``, ``process:N`` or a Dask scheduler's address.

    ValueError for anything else; ``WorkersLost`` if the address does not answer.
    """
    if where == "serial":
        return Serial()
    if where.startswith("process:"):
        return Pool(int(where.removeprefix("process:")))
    if "://" in where:
        return DaskCluster(where)
    raise ValueError(
        f"{where!r} is neither serial, process:N nor a scheduler's address such as tcp://host:8786"
    )


class Serial:
    """Batches run in this process, each when it is submitted."""

    workers = 1

    def submit(self, work: Callable[[dict[str, Any]], dict[str, Any]], task: dict[str, Any]) -> Future[Any]:
        """Run the batch now."""
        future: Future[Any] = Future()
        future.set_result(work(task))
        return future

    def renew(self) -> None:
        """Nothing can die but this process."""

    def alive(self) -> bool:
        """This process is."""
        return True

    def close(self) -> None:
        """There is nothing to stop."""


class Pool:
    """Batches run in worker processes of this machine."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool = self._open()

    def _open(self) -> Executor:
        """Open a pool. Its workers are born deaf to Ctrl-C, which is for the process that owns the pool."""
        context = get_context("forkserver")
        context.set_forkserver_preload(["sim.studies.hush", "sim.studies.work", "sim.trial"])
        _end_server_at_exit()
        with uninterrupted():
            resource_tracker.ensure_running()  # first: it unblocks Ctrl-C behind itself
            heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                forkserver.ensure_running()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, heard)
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=_begin)

    def submit(self, work: Callable[[dict[str, Any]], dict[str, Any]], task: dict[str, Any]) -> Future[Any]:
        """Queue the batch."""
        return self._pool.submit(work, task)

    def renew(self) -> None:
        """Open a new pool: one death breaks all that a pool had begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._open()

    def alive(self) -> bool:
        """A pool that breaks says so itself."""
        return True

    def close(self) -> None:
        """Cancel what waits, and end the workers at once: what they do would be thrown away."""
        processes = list((getattr(self._pool, "_processes", None) or {}).values())
        with uninterrupted():
            self._pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
            for process in processes:
                wait([process.sentinel], timeout=END_S)


class DaskCluster:
    """Batches run on the workers of a Dask scheduler."""

    def __init__(self, address: str, *, patience_s: float = 10.0) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise WorkersLost("dask is not installed: pip install 'multiregion-sim[dask]'") from error
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said in one line
        try:
            self._client = Client(address, timeout=patience_s, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise WorkersLost(f"no scheduler answers at {address}: {error}") from error
        self._address = address
        self._refuse_others()
        self._executor = self._client.get_executor(pure=False)
        self.workers = max(1, self._threads())
        self._empty = 0  # so often in a row nobody was there

    def _refuse_others(self) -> None:
        """OtherMachine if a worker is not like this process. (One that joins later finds out itself.)"""
        for worker, found in self._client.run(fingerprint, on_error="return").items():
            if isinstance(found, BaseException):
                self._client.close(timeout=5)
                raise OtherMachine(f"the worker {worker} cannot run sim: {found}")
            if differs := differences(fingerprint(), found):
                self._client.close(timeout=5)
                raise OtherMachine(f"the worker {worker} is refused: {differs}")

    def submit(self, work: Callable[[dict[str, Any]], dict[str, Any]], task: dict[str, Any]) -> Future[Any]:
        """Send the batch. A dead scheduler would take it silently, so it is asked first."""
        self.renew()
        future: Future[Any] = self._executor.submit(work, task)
        return future

    def renew(self) -> None:
        """The scheduler replaces workers; only the scheduler itself cannot be replaced."""
        if self._client.status != "running":
            raise WorkersLost(f"the scheduler at {self._address} is gone")

    def alive(self) -> bool:
        """Return whether the scheduler still answers, and has had a worker not too long ago."""
        try:
            threads = self._threads() if self._client.status == "running" else None
        except OSError:
            threads = None  # gone between the two questions
        if threads is None:
            return False
        self._empty = 0 if threads else self._empty + 1
        return self._empty < EMPTY

    def _threads(self) -> int:
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return sum(worker["nthreads"] for worker in workers)

    def close(self) -> None:
        """Cancel what waits, and hang up."""
        self._executor.shutdown(wait=False)
        self._client.close(timeout=5)


@cache
def _end_server_at_exit() -> None:
    """Have the process that forks workers end with this one, even if it is still importing what they need."""

    def end() -> None:
        server = getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None)
        if server is not None:
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGTERM)

    atexit.register(end)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off until the end of the block. Only the main thread hears it at all."""
    if current_thread() is not main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def _begin() -> None:
    """End when the process that owns the pool does, even if it was killed."""
    from sim.studies.work import dedicate

    Thread(target=_end_with_parent, daemon=True).start()
    dedicate()


def _end_with_parent() -> None:
    owner = parent_process()
    assert owner is not None, "a worker is started by somebody"
    wait([owner.sentinel])
    os._exit(1)
