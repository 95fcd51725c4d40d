"""What is admitted, and what is said of what is not."""

from sim.core.budget import Budget
from sim.estimate.admission import refusal, words
from sim.estimate.estimate import RunEstimate
from sim.estimate.term import Term

GIB = float(1 << 30)
SOME = RunEstimate(
    (Term("reads", ("a", "reads"), 1e6), Term("writes", ("a", "writes"), 2e6)),
    (Term("windows", ("level", "window"), 5e6),),
    (Term("the program", (), 0.2 * GIB), Term("keys", ("a", "keys"), 0.8 * GIB)),
)


def test_what_is_within_both_budgets_is_admitted():
    """As many rows, and as much memory, as the budget says."""
    assert refusal(SOME, Budget(rows=8e6, memory_bytes=GIB)) is None


def test_rows_and_other_work_are_one_budget():
    """The largest part is named, be it rows or what leaves none."""
    problem = refusal(SOME, Budget(rows=8e6 - 1, memory_bytes=GIB))
    assert problem is not None and problem.path == "level.window"
    assert problem.message.startswith("it makes about 8,000,000 rows, or does as much other work, more than")


def test_memory_is_a_budget_of_its_own():
    """The largest part is named with its size."""
    problem = refusal(SOME, Budget(rows=8e6, memory_bytes=GIB - 1))
    assert problem is not None and problem.path == "a.keys"
    assert "most of it for keys: 0.80 GiB; --budget admits more" in problem.message


def test_every_process_of_a_study_needs_its_memory():
    """Two processes need twice as much."""
    budget = Budget(rows=8e6, memory_bytes=1.5 * GIB)
    assert refusal(SOME, budget) is None
    problem = refusal(SOME, budget, processes=2)
    assert problem is not None and "for each of 2 processes" in problem.why


def test_an_estimate_in_words_has_rows_memory_and_time():
    """As validate prints it."""
    assert words(SOME) == "3,000,000 rows, 1.00 GiB of memory, 2.7 s on one core"
