"""A progress bar for runs that take long enough to want one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from sim.report.quantities import clock

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S = 1.0


class ProgressBar:
    """A bar that appears once ``PATIENCE_S`` have passed on ``clock_s``, and shows the simulated time."""

    def __init__(self, stream: TextIO, clock_s: Callable[[], float], *, colour: bool) -> None:
        self._stream = stream
        self._clock_s = clock_s
        self._colour = colour
        self._started_s = clock_s()
        self._drawn: tuple[Progress, TaskID] | None = None

    def show(self, fraction: float, now_ns: int) -> None:
        """Move the bar: ``fraction`` of the run is done, the simulated time is ``now_ns``."""
        if self._drawn is None:
            if self._clock_s() - self._started_s < PATIENCE_S:
                return
            self._drawn = self._draw()
        progress, task = self._drawn
        progress.update(task, completed=fraction, moment=clock(now_ns))

    def close(self) -> None:
        """Take the bar away."""
        if self._drawn is not None:
            self._drawn[0].stop()

    def _draw(self) -> "tuple[Progress, TaskID]":
        """Start drawing."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        console = Console(
            file=self._stream, no_color=not self._colour, force_terminal=True, force_jupyter=False
        )
        columns = (
            TextColumn("simulated {task.fields[moment]}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        )
        progress = Progress(*columns, console=console, transient=True)
        task = progress.add_task("", total=1.0, moment=clock(0))
        progress.start()
        return progress, task


class TrialsBar:
    """A bar of finished trials, which appears once ``PATIENCE_S`` have passed on ``clock_s``."""

    def __init__(self, stream: TextIO, clock_s: Callable[[], float], *, colour: bool) -> None:
        self._stream, self._clock_s, self._colour = stream, clock_s, colour
        self._started_s = clock_s()
        self._drawn: tuple[Progress, TaskID] | None = None

    def show(self, finished: int, wanted: int) -> None:
        """Move the bar. ``wanted`` grows when a study that is not decided goes on."""
        if self._drawn is None:
            if self._clock_s() - self._started_s < PATIENCE_S:
                return
            self._drawn = self._draw()
        progress, task = self._drawn
        progress.update(task, completed=finished, total=wanted)

    def close(self) -> None:
        """Take the bar away."""
        if self._drawn is not None:
            self._drawn[0].stop()

    def _draw(self) -> "tuple[Progress, TaskID]":
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(
            file=self._stream, no_color=not self._colour, force_terminal=True, force_jupyter=False
        )
        columns = (TextColumn("trials"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        progress = Progress(*columns, console=console, transient=True)
        task = progress.add_task("", total=None)
        progress.start()
        return progress, task


@contextmanager
def bar(stream: TextIO, clock_s: Callable[[], float], *, colour: bool) -> Iterator[ProgressBar]:
    """Give a bar on ``stream`` and take it away at the end, whatever happens. ``clock_s`` returns seconds."""
    drawn = ProgressBar(stream, clock_s, colour=colour)
    try:
        yield drawn
    finally:
        drawn.close()
