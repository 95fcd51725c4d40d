"""For fork servers alone, which import it first: a worker whose owner has gone ends without a word."""

import sys
from types import TracebackType

_GONE = (EOFError, ConnectionError)  # what a worker meets that is not yet begun when its owner ends


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, _GONE):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _hook
