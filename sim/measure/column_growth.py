"""How large a column is that grows with what waits, and gives back what a long wait needed."""

ROOMY = 2**16  # a column of no more rows than that is never made smaller
LEAST = 4096


def room_for(rows: int, there: int) -> int:
    """Return how many rows a column of ``there`` should have room for, if ``rows`` are needed: twice as many.

    It is ``there`` as long as that is enough, and not far more than that.
    """
    need = max(2 * rows, LEAST)
    return there if need <= there <= max(8 * need, ROOMY) else need
