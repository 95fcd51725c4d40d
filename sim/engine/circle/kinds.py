"""What numbers mean in the circle: ranks, kinds of streams, arrivals, results."""

import numpy as np

# Ranks of records at equal time (see docs/semantics.md, "Record ties").
REPLY, DONE, ARRIVE, TIMEOUT, RETRY, SEND = range(6)
# What a stream sends: those of clients and callers first, then probes.
READ, WRITE, OBSERVE, CHECK = range(4)
# When a stream of operations sends them: those with a rate first.
RANDOM, EVEN, RECORDED, SILENT, FED = range(5)
# Whether an operation has ended, is under way, or waits before its next attempt.
ENDED, AWAITING, BACKING_OFF = range(3)
# What a reply says.
RESULT_OK, RESULT_REFUSED = np.int64(0), np.int64(1)
NEVER = 2**62 - 1  # ns
STARTS = 64  # a node remembers when the last so many records completed ahead of time start
