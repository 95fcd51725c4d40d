"""The same scenario and seed give the same journal: across processes, hash seeds, pull times, and unrelated
neighbours.
"""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from sim.models.store.domain import CURSORS
from sim.spec.resolve import digest_full, load, resolve
from sim.spec.scenario import Scenario
from sim.spec.store.placement import nodes_of
from sim.trial import run, run_tables

DRILL = Path(__file__).with_name("drill.yaml")
ROOT = Path(__file__).parents[2]
S = 1_000_000_000
SEED = 4  # its run has two failovers of one store, a rewind and a copy
PROGRAM = """
import sys
from sim.spec.resolve import load, resolve
from sim.trial import run
outcome = run(resolve(load(sys.argv[1])), seed=int(sys.argv[2]))
print(outcome.journal_digest, outcome.exit_code, len(outcome.milestones))
"""


@cache
def drill() -> Scenario:
    """Return the resolved drill."""
    return resolve(load(str(DRILL)))


@cache
def journal(seed: int = SEED, trial: int = 0) -> dict[str, Any]:
    """Return the journal of the drill."""
    return run_tables(drill(), seed, trial=trial)


def changed(tmp_path: Path, patch: dict[str, Any]) -> Scenario:
    """Return the drill with more entries in its sections; an entry None is left out."""
    data = yaml.safe_load(DRILL.read_text())
    for section, entries in patch.items():
        merged = {**data[section], **entries}
        data[section] = {name: entry for name, entry in merged.items() if entry is not None}
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return resolve(load(str(path)))


def differences(one: dict[str, Any], two: dict[str, Any]) -> list[str]:
    """Return table.column of every column that differs between two journals of one domain."""
    names = sorted({*one, *two})
    columns = [(name, column) for name in names for column in one.get(name, two.get(name, {}))]
    return [f"{t}.{c}" for t, c in columns if t not in one or t not in two or not _equal(t, c, one, two)]


def _equal(table: str, column: str, one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Compare a column; ``open`` is a set of operations and has no order."""
    rows = [np.argsort(x[table]["rid"]) if table == "open" else slice(None) for x in (one, two)]
    return np.array_equal(one[table][column][rows[0]], two[table][column][rows[1]])


def own(found: dict[str, Any], domain: str) -> list[tuple[int, str, str, str]]:
    """Return the milestones of a domain: ids and causes are positions in the common list and stay out."""
    mine = (m for m in found["milestones"] if m.subject.split("/")[0] == domain)
    return [(m.at_ns, m.kind, m.subject, m.why) for m in mine]


def test_the_drill_exercises_what_could_go_wrong():
    """The drill has a failover of each store, a rewind, a copy, a flap and losses: equal journals of nothing
    would prove nothing.
    """
    kinds = {m.kind for m in journal()["milestones"]}
    assert {
        "promoted",
        "rewinding",
        "rebuilding",
        "answer",
        "fault.healed",
        "region.up",
        "observer.healthy",
        "fenced",
    } <= kinds
    orders = journal()["tables"]["orders"]
    assert set(orders["ops"]["outcome"].tolist()) == {0, 1, 2}
    assert orders["ops"]["attempts"].max() > 1
    assert len(orders["commits"]["rid"]) > 5_000


def test_two_processes_with_two_hash_seeds_agree():
    """Two fresh processes, with different hash seeds, report the same journal digest as this one."""
    said = []
    for hash_seed in ("1", "2"):
        command = [sys.executable, "-c", PROGRAM, str(DRILL), str(SEED)]
        env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        found = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=300
        )
        said.append(found.stdout.split())
    outcome = run(drill(), seed=SEED)
    assert (
        said[0] == said[1] == [outcome.journal_digest, str(outcome.exit_code), str(len(outcome.milestones))]
    )


def test_pull_times_do_not_matter():
    """Pulled a thousand times one by one, at random, crowded and special moments, the cursors write the same
    journal."""
    rng = np.random.default_rng(11)
    moments = rng.integers(1, 150 * S, 700).tolist() + rng.integers(55 * S, 56 * S, 200).tolist()
    moments += [m.at_ns for m in journal()["milestones"]] + journal()["tables"]["orders"]["commits"][
        "commit_ns"
    ][:100].tolist()
    names = [f"{store}/circle" for store in drill().databases]
    names += [
        f"{store}/{region}/{cursor}"
        for store, database in drill().databases.items()
        for region in nodes_of(database)
        for cursor in CURSORS
    ]
    which = rng.integers(0, len(names), len(moments))
    pulls = tuple((at, names[i]) for at, i in zip(moments, which, strict=True) if 0 < at < 150 * S)
    pulled = run_tables(drill(), SEED, pulls=pulls)
    for domain in ("orders", "stock"):
        assert differences(journal()["tables"][domain], pulled["tables"][domain]) == []
    assert pulled["milestones"] == journal()["milestones"]


def test_an_unrelated_store_changes_nothing(tmp_path):
    """Another store with its own share of the links: every column and milestone of the others is the same."""
    extra = {
        "primary": "north",
        "replicas": ["east", "west"],
        "replication": {"share": 0.3},
        "workload": {"writes": "200/s", "reads": "50/s"},
    }
    found = run_tables(changed(tmp_path, {"databases": {"a-first": extra}}), SEED)
    assert len(found["tables"]["a-first"]["commits"]["rid"]) > 10_000
    for domain in ("orders", "stock"):
        assert differences(journal()["tables"][domain], found["tables"][domain]) == []
        assert own(found, domain) == own(journal(), domain)


def test_an_unrelated_fault_changes_nothing(tmp_path):
    """Faults of one store leave the other as it was, draws and all; without ``rush`` only its own store
    differs.
    """
    more = {
        "crash": {"kind": "db_crash", "database": "stock", "region": "west", "at": "25s", "duration": "3s"},
        "rush": None,
    }
    found = run_tables(changed(tmp_path, {"faults": more}), SEED)
    assert differences(journal()["tables"]["orders"], found["tables"]["orders"]) == []
    assert "ops.end_ns" in differences(journal()["tables"]["stock"], found["tables"]["stock"])


def test_before_the_first_fault_all_is_as_without(tmp_path):
    """A run and the same seed without faults share every row up to the first fault's start: they have the
    same luck.
    """
    plain = run_tables(
        changed(tmp_path, {"faults": dict.fromkeys(("power", "noise", "rush", "flap", "lag"))}), SEED
    )
    first = min(m.at_ns for m in journal()["milestones"] if m.kind == "fault.started")
    assert first == 20 * S
    for domain in ("orders", "stock"):
        one, two = journal()["tables"][domain]["ops"], plain["tables"][domain]["ops"]
        n = int(np.searchsorted(one["end_ns"], first))
        assert n > 800
        assert all(np.array_equal(one[c][:n], two[c][:n]) for c in one)


def test_the_order_of_the_file_does_not_matter(tmp_path):
    """Sections and entries in reverse order: the same digest of the scenario, the same journal."""

    def reverse(value: Any) -> Any:
        return {k: reverse(v) for k, v in reversed(value.items())} if isinstance(value, dict) else value

    path = tmp_path / "reversed.yaml"
    path.write_text(yaml.safe_dump(reverse(yaml.safe_load(DRILL.read_text())), sort_keys=False))
    turned = resolve(load(str(path)))
    assert digest_full(turned) == digest_full(drill())
    assert run(turned, seed=SEED).journal_digest == run(drill(), seed=SEED).journal_digest


def test_seeds_and_trials_differ():
    """Another seed, or another trial of the same seed, is another journal in every store."""
    for other in (journal(7), journal(SEED, 1)):
        for domain in ("orders", "stock"):
            assert "ops.send_ns" in differences(journal()["tables"][domain], other["tables"][domain])
    digests = {run(drill(), seed=seed).journal_digest for seed in range(4)}
    assert len(digests) == 4


def test_watching_changes_nothing(tmp_path):
    """Progress, a kept journal and the control run leave the journal and the figures as they are."""
    seen: list[float] = []
    plain = run(drill(), seed=SEED)
    watched = run(
        drill(), seed=SEED, control=True, progress=lambda share, _: seen.append(share), journal_dir=tmp_path
    )
    assert (watched.journal_digest, watched.figures) == (plain.journal_digest, plain.figures)
    assert list(tmp_path.rglob("*.parquet"))
