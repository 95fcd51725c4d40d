"""Run generated cases in one process, with or without a planted bug.

``python -m tests.mutants try NAME [CASE...]`` prints whether the mutant's proof notices it, a JSON line for
each case. ``python -m tests.mutants clean PROOF HOW CASE...`` does the same without a bug, with the engine
``compiled`` or ``plain``. ``python -m tests.mutants find NAME FIRST LAST [SKIP...]`` looks for cases that
notice it and writes the first three into the patch. ``python -m tests.mutants measures [NAME]`` prints what
every measure of the data path and of orders says of the hand-made histories, one JSON document, and ``python
-m tests.mutants run CASE [NAME]`` what each says of a run.
"""

import json
import re
import sys
from contextlib import redirect_stdout

from .planting import PATCHES, Mutant, named, plant

ENOUGH = 2
BY_RUNNING = ("twin", "path", "ties", "kept", "conservation", "extreme")  # proofs that run the engine


def notice(proof: str, which: str) -> str | None:
    """Return what ``proof`` says against the engine in a case, None if it finds nothing."""
    if proof == "tests":
        return _by_test(which)
    from tests.oracle.generate import case

    if proof == "ties":
        return _by_tie(which)
    if proof == "kept":
        return _by_kept(which)
    if proof == "extreme":
        return _by_extremes(which)
    if proof == "path":
        return _by_path(int(which))
    one = case(int(which))
    return _by_twin(one) if proof == "twin" else _by_conservation(one)


def _by_test(which: str) -> str | None:
    import pytest

    with redirect_stdout(sys.stderr):
        # pytest would load what it rewrites assertions of past the planted bug
        code = pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", "--assert=plain", which])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise ValueError(f"{which} cannot be run ({code})")
    return f"{which} fails" if code == pytest.ExitCode.TESTS_FAILED else None


def _by_path(number: int) -> str | None:
    from tests.oracle.platform.generate import case
    from tests.oracle.sides import both

    return both(case(number), little=number % 3 != 1)[0]


def _by_tie(name: str) -> str | None:
    from tests.oracle.platform import test_path_ties as ties

    try:
        ties.test_engine_and_twin_agree_where_chance_seldom_leads(name)
    except Exception as error:  # noqa: BLE001  whatever a planted bug makes the engine do
        return f"{name}: {type(error).__name__}: {error}"
    return None


def _by_extremes(which: str) -> str | None:
    """Run a case (``stores-18``, ``paths-79``) with extreme numbers."""
    from tests.oracle.extreme import extreme
    from tests.oracle.generate import case
    from tests.oracle.platform.generate import case as path_case

    kind, number = which.split("-")
    return _by_twin(extreme((case if kind == "stores" else path_case)(int(number))))


def _by_twin(one) -> str | None:
    from tests.oracle.sides import both

    return both(one, little=False)[0]


def _by_kept(name: str) -> str | None:
    from tests.oracle.kept import CASES, difference

    return difference(CASES / f"{name}.yaml")


def _by_conservation(one) -> str | None:
    from sim.measure.conservation import ConservationError
    from sim.trial import run

    try:
        run(one.scenario, seed=one.seed)
    except ConservationError as error:
        return str(error)
    return None


def _say(name: str, proof: str, which: str) -> str | None:
    found = notice(proof, which)
    first = found.splitlines()[0] if found else None
    print(json.dumps({"mutant": name, "proof": proof, "case": which, "noticed": first}), flush=True)
    return found


def _find(mutant: Mutant, first: int, last: int, *skip: int) -> None:
    """Write the first cases that notice a mutant into its patch."""
    noticed: list[int] = []
    for number in range(first, last):
        if number not in skip and notice(mutant.proof, str(number)):
            noticed.append(number)
        if len(noticed) == ENOUGH:
            break
    print(json.dumps({"mutant": mutant.name, "noticed": noticed}), flush=True)
    if noticed:
        path = PATCHES / f"{mutant.name}.yaml"
        path.write_text(re.sub(r"(?m)^cases: .*$", f"cases: {noticed}", path.read_text()))


def main(what: str, *words: str) -> None:
    """Do what the command says."""
    if what == "run":
        plant(named(words[1]) if len(words) > 1 else None, compiled=True)
        from tests.mutants import runs

        print(json.dumps(runs.said(words[0])))
        return
    if what == "clean":
        plant(None, compiled=words[1] == "compiled")
        for which in words[2:]:
            _say("", words[0], which)
        return
    mutant = named(words[0]) if words else None
    plant(mutant, compiled=mutant is not None and mutant.proof in BY_RUNNING and not mutant.plain)
    if what == "measures":
        from tests.mutants.measures import said

        print(json.dumps(said()))
        return
    assert mutant is not None, "try and find take the name of a patch"
    if what == "find":
        _find(mutant, *map(int, words[1:]))
        return
    for which in words[1:] or mutant.cases:
        if _say(mutant.name, mutant.proof, which):
            break


if __name__ == "__main__":
    main(*sys.argv[1:])
