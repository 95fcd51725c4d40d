"""Mutants in processes of their own: a hang or a crash of one is seen from outside, and the others go on."""

import json
import os
import resource
import select
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.mutator import mutant

MEMORY_BYTES = 1 << 30
OWN_BYTES = 1 << 28  # of what it is forked from, a process of mutants is held to answer for so much at most
FULL = 3  # exit code of a process that has needed more than that
GOOD = frozenset(("legal", "refused", "ended", "stopped", "not shortened", "not admitted"))
Judge = Callable[[Path, int], str]


@dataclass
class Found:
    """What became of mutants: how many ended how, and which must not have ended so."""

    ended: Counter[str] = field(default_factory=Counter)
    legal: list[int] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)
    slowest_s: tuple[float, int] = (0.0, -1)
    largest_bytes: int = 0

    def add(self, number: int, what: str, took_s: float, peak_bytes: int) -> None:
        """Take in one mutant."""
        if peak_bytes > MEMORY_BYTES and what in GOOD:
            what = f"needed {peak_bytes >> 20} MiB"
        self.ended[what if what in GOOD else "bad"] += 1
        self.legal += [number] if what == "legal" else []
        self.slowest_s = max(self.slowest_s, (took_s, number))
        self.largest_bytes = max(self.largest_bytes, peak_bytes)
        if what not in GOOD:
            self.bad[number] = what


def run(numbers: Sequence[int], judge: Judge, *, patience_s: float, keep: Path | None = None) -> Found:
    """Return what became of mutants. One that takes longer than ``patience_s`` hangs. Bad ones are kept."""
    found, left = Found(), list(numbers)
    while left:
        for number, what, took_s, peak_bytes in _worker(left, judge, patience_s):
            found.add(number, what, took_s, peak_bytes)
            left = left[left.index(number) + 1 :]
            if keep is not None and number in found.bad:
                mutant(number).write(keep / str(number))
                (keep / str(number) / "why.txt").write_text(found.bad[number] + "\n", encoding="utf-8")
    return found


def _worker(numbers: Sequence[int], judge: Judge, patience_s: float) -> Iterator[tuple[int, str, float, int]]:
    """Yield (number, what, seconds, bytes) of mutants as one process judges them, until it ends or hangs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _judge_all(numbers, judge, writing)
    os.close(writing)
    done, hung = 0, False
    with os.fdopen(reading, encoding="utf-8") as lines:
        while done < len(numbers):
            hung = not select.select([lines], [], [], patience_s)[0]
            line = "" if hung else lines.readline()
            if not line:
                break
            what, took_s, peak_bytes = json.loads(line)
            yield numbers[done], what, took_s, peak_bytes
            done += 1
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if done < len(numbers) and status != FULL << 8:
        yield numbers[done], _death(status, hung), patience_s, 0


def _death(status: int, hung: bool) -> str:
    if hung:
        return "hung"
    return f"died of signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "ended its process"


def _judge_all(numbers: Sequence[int], judge: Judge, writing: int) -> None:
    """Judge mutants in this process, one line each, and end it; ``FULL``: the rest is for another one."""
    resource.setrlimit(resource.RLIMIT_AS, (8 * MEMORY_BYTES, 8 * MEMORY_BYTES))
    code, others_bytes = 1, max(0, _peak_bytes() - OWN_BYTES)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for number in numbers:
                started = time.perf_counter()
                what = judge(mutant(number).write(Path(folder)), number)
                peak_bytes = _peak_bytes() - others_bytes
                line = json.dumps([what, time.perf_counter() - started, peak_bytes]) + "\n"
                os.write(writing, line.encode())
                if peak_bytes > MEMORY_BYTES:
                    code = FULL
                    break
    finally:
        os._exit(code)


def _peak_bytes() -> int:
    """Return the most memory that this process has had; a fork begins with what its parent has."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
