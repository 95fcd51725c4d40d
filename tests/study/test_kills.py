"""Real processes, killed in the middle of a study: nothing finished is lost, and the tables are the same."""

import os
import signal
import subprocess
import sys
import time

import pytest

from sim.core.checksums import verify
from tests.study import small

TRIALS = ("--trials", "60")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The tables of a study that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    done = small.run(folder, *TRIALS, "--jobs", "1")
    assert done.returncode in (0, 1, 3), done.stderr
    return small.tables(folder)


def wait_for(condition, *, seconds=120.0):
    """Wait until ``condition()`` is true."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def children(pid):
    """Return the worker processes below ``pid``: of a fork server, its children."""
    found = []
    for task in os.listdir("/proc"):
        if task.isdigit():
            try:
                with open(f"/proc/{task}/stat") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
                with open(f"/proc/{task}/cmdline") as file:
                    line = file.read()
            except (OSError, ProcessLookupError):
                continue
            found.append((int(task), parent, line))
    servers = {task for task, parent, line in found if parent == pid and "forkserver" in line}
    return [task for task, parent, _ in found if parent in servers]


def test_a_killed_main_process_goes_on_where_it_was(tmp_path, undisturbed):
    """kill -9 in the middle; the same command does only what is missing."""
    began = small.start(tmp_path, *TRIALS, "--jobs", "1")
    wait_for(lambda: small.finished(tmp_path) >= 2)
    began.kill()
    began.wait()
    kept = small.finished(tmp_path)
    assert kept >= 2
    done = small.run(tmp_path, *TRIALS, "--jobs", "1")
    assert done.returncode in (0, 1, 3), done.stderr
    assert small.tables(tmp_path) == undisturbed


def test_an_interrupted_study_says_so_and_goes_on(tmp_path, undisturbed):
    """Ctrl-C ends with 130, keeps what is finished, and leaves no study that looks whole."""
    began = small.start(tmp_path, *TRIALS, "--jobs", "2")
    wait_for(lambda: small.finished(tmp_path) >= 2)
    os.killpg(began.pid, signal.SIGINT)
    _, errors = began.communicate(timeout=60)
    assert began.returncode == 130
    assert "finished trials are kept" in errors and "Traceback" not in errors
    assert not list(tmp_path.glob("out/*/*-study"))
    small.run(tmp_path, *TRIALS, "--jobs", "2")
    assert small.tables(tmp_path) == undisturbed


def test_a_killed_worker_costs_its_batch_alone(tmp_path, undisturbed):
    """The pool is made anew, the batch is run again, the study ends as if nothing had been."""
    began = small.start(tmp_path, *TRIALS, "--jobs", "2")
    wait_for(lambda: small.finished(tmp_path) >= 2 and children(began.pid))
    os.kill(children(began.pid)[0], signal.SIGKILL)
    _, errors = began.communicate(timeout=240)
    assert began.returncode in (0, 1, 3), errors
    assert small.tables(tmp_path) == undisturbed


def test_a_killed_pool_is_made_anew(tmp_path, undisturbed):
    """All workers at once."""
    began = small.start(tmp_path, *TRIALS, "--jobs", "2")
    wait_for(lambda: small.finished(tmp_path) >= 2 and len(children(began.pid)) >= 2)
    for worker in children(began.pid):
        os.kill(worker, signal.SIGKILL)
    _, errors = began.communicate(timeout=240)
    assert began.returncode in (0, 1, 3), errors
    assert small.tables(tmp_path) == undisturbed


def runs(pid):
    """Return whether a process is there, and not only waiting to be buried."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (OSError, ProcessLookupError):
        return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_the_main_process(tmp_path, how):
    """However it ends: a worker that went on would hold memory and processors for nobody."""
    began = small.start(tmp_path, *TRIALS, "--jobs", "2")
    wait_for(lambda: small.finished(tmp_path) >= 2 and children(began.pid))
    workers = children(began.pid)
    began.send_signal(how)
    began.wait(timeout=60)
    wait_for(lambda: not any(runs(worker) for worker in workers), seconds=30.0)


def group(pid):
    """Return the processes of a process group that run."""
    found = []
    for task in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{task}/stat") as file:
                state, _, owner = file.read().rpartition(")")[2].split()[:3]
        except (OSError, ProcessLookupError):
            continue
        if int(owner) == pid and state not in ("Z", "X"):
            found.append(int(task))
    return found


def test_an_interrupt_while_workers_start_is_told_once_and_leaves_nothing_running(tmp_path):
    """Ctrl-C reaches every process of the terminal; those that import what trials need say nothing."""
    began = small.start(tmp_path, *TRIALS, "--jobs", "2")
    wait_for(lambda: len(group(began.pid)) > 1)
    time.sleep(0.2)  # in the middle of an import, most likely; at no moment may it be otherwise
    os.killpg(began.pid, signal.SIGINT)
    _, errors = began.communicate(timeout=60)
    assert began.returncode == 130
    assert "Traceback" not in errors and errors.count("interrupted") == 1
    wait_for(lambda: not group(began.pid), seconds=30.0)


def test_two_identical_studies_and_runs_at_once_all_end_well(tmp_path, undisturbed):
    """Two studies, one after the other, and two runs beside them; the tables are as ever."""
    studies = [small.start(tmp_path, *TRIALS, "--jobs", "1") for _ in range(2)]
    runs = [small.start(tmp_path, "--keep-journal"), small.start(tmp_path)]
    for process in (*studies, *runs):
        _, errors = process.communicate(timeout=240)
        assert process.returncode in (0, 1, 3), errors
        assert "Traceback" not in errors
    assert small.tables(tmp_path) == undisturbed
    (run,) = tmp_path.glob("out/*/*-0")
    verify(run)
    assert (run / "journal").is_dir()
    assert not list(tmp_path.glob("out/*/.*"))


LOOPBACK = ("--host", "127.0.0.1", "--port", "0")


class Scheduler:
    """A real Dask scheduler with workers, as separate processes on loopback."""

    def __init__(self, folder, workers=2):
        self.folder = folder
        self.scheduler = self._start("scheduler", *LOOPBACK, "--scheduler-file", str(folder / "s.json"))
        wait_for(lambda: (folder / "s.json").exists() and '"address"' in (folder / "s.json").read_text())
        import json

        self.address = json.loads((folder / "s.json").read_text())["address"]
        self.workers = [self.add_worker() for _ in range(workers)]

    def _start(self, *words):
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:], "--no-dashboard"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def add_worker(self, *options):
        """Start a worker with one thread and no nanny, so that a kill is a death."""
        place = ("--host", "127.0.0.1", "--local-directory", str(self.folder))
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny", *place, *options)

    def joined(self):
        """Return how many workers the scheduler knows."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return len(client.scheduler_info(n_workers=-1)["workers"])

    def close(self):
        """Kill whatever still runs."""
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture
def bare_cluster(tmp_path):
    """A scheduler without workers."""
    pytest.importorskip("distributed", reason="the extra [dask] is not installed")
    (tmp_path / "dask").mkdir()
    found = Scheduler(tmp_path / "dask", workers=0)
    yield found
    found.close()


@pytest.fixture
def cluster(tmp_path):
    """A scheduler with two workers."""
    pytest.importorskip("distributed", reason="the extra [dask] is not installed")
    (tmp_path / "dask").mkdir()
    found = Scheduler(tmp_path / "dask")
    yield found
    found.close()


def test_a_cluster_gives_the_same_tables_though_a_worker_is_killed(tmp_path, cluster, undisturbed):
    """A worker dies in the middle; its batch is run again elsewhere."""
    began = small.start(tmp_path, *TRIALS, "--cluster", cluster.address)
    wait_for(lambda: small.finished(tmp_path) >= 2)
    cluster.workers[0].kill()
    _, errors = began.communicate(timeout=240)
    assert began.returncode in (0, 1, 3), errors
    assert small.tables(tmp_path) == undisturbed


def test_a_lost_scheduler_is_told_and_the_study_goes_on_elsewhere(tmp_path, cluster, undisturbed):
    """What the cluster had finished is kept; the same command without it does the rest."""
    began = small.start(tmp_path, *TRIALS, "--cluster", cluster.address)
    wait_for(lambda: small.finished(tmp_path) >= 2)
    cluster.scheduler.kill()
    _, errors = began.communicate(timeout=120)
    assert began.returncode == 3, errors
    assert "finished trials are kept" in errors
    done = small.run(tmp_path, *TRIALS, "--jobs", "1")
    assert done.returncode in (0, 1, 3), done.stderr
    assert small.tables(tmp_path) == undisturbed


@pytest.mark.parametrize(
    ("preload", "reason"),
    [
        ("import sim.studies.machine as m\nm._version = lambda name: '1.0'\n", "numpy is 1.0 here and"),
        ("import sys\nsys.modules['sim'] = None\n", "cannot run sim: ModuleNotFoundError"),
    ],
)
def test_a_worker_that_differs_is_refused_before_anything_runs(tmp_path, bare_cluster, preload, reason):
    """By its address, with the reason: other versions, or none of this package at all."""
    (tmp_path / "other.py").write_text(preload)
    worker = bare_cluster.add_worker("--preload", str(tmp_path / "other.py"), "--name", "odd")
    bare_cluster.workers.append(worker)
    wait_for(lambda: bare_cluster.joined() == 1)
    done = small.run(tmp_path, *TRIALS, "--cluster", bare_cluster.address)
    assert done.returncode == 3, done.stderr
    assert "the worker tcp://127.0.0.1:" in done.stderr and reason in done.stderr
    assert small.finished(tmp_path) == 0


def test_no_scheduler_at_an_address_is_told(tmp_path):
    """A wrong address is bad news in one line, not a hang."""
    pytest.importorskip("distributed", reason="the extra [dask] is not installed")
    done = small.run(tmp_path, *TRIALS, "--cluster", "tcp://127.0.0.1:9")
    assert done.returncode == 3
    assert "no scheduler answers at tcp://127.0.0.1:9" in done.stderr
