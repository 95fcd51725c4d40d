"""Words that the language no longer has."""

import pytest

from sim.core.errors import SpecError
from sim.spec import retired
from sim.spec.resolve import digest, dump, load, resolve
from sim.spec.retired import ANY, LANGUAGE, RETIRED, Retired
from sim.spec.schema import schema
from tests.spec.corpus import HERE

BASE = HERE / "valid" / "base.yaml"


def problems(*overlays, sets=()):
    """What is wrong with the base and what is laid over it."""
    with pytest.raises(SpecError) as caught:
        load(str(BASE), overlays=[str(each) for each in overlays], sets=sets)
    return [(p.file, p.line, p.column, p.message) for p in caught.value.problems]


def test_an_overlay_is_told_at_its_own_place(tmp_path):
    """The file, line and column of the word, also where it overrides with a null."""
    overlay = tmp_path / "old.yaml"
    overlay.write_text("gateway:\n  ttl: 30s\n  failback: null\n")
    ((file, line, column, message),) = problems(overlay)
    assert (file, line, column) == (str(overlay), 3, 3)
    assert "write 'client_return'" in message


def test_old_and_new_word_at_once_is_one_problem():
    """The new one is kept, and judged."""
    assert len(problems(sets=["gateway.client_return=auto", "gateway.failback=3"])) == 1
    assert len(problems(sets=["gateway.client_return=3", "gateway.failback=auto"])) == 2


def test_a_value_is_retired_like_a_key(monkeypatch):
    """Such as a kind of fault, whatever the fault is called; other values there are left alone."""
    crash = Retired(("faults", ANY, "kind"), 3, "db_crash", "a machine is more than a database", "crash")
    monkeypatch.setattr(retired, "RETIRED", (crash,))
    fault = "{kind: %s, database: orders, at: 1m}"
    (found,) = problems(sets=[f"faults={{x: {fault % 'crash'}, y: {fault % 'db_crash'}}}"])
    assert found[3].startswith("'crash' has not been a word of the language since version 3")


def test_what_is_no_map_where_a_word_stood_is_told_as_ever():
    """A list, a text or nothing where the keys would lead."""
    for value in ("[failback]", "failback", "3"):
        ((*_, message),) = problems(sets=[f"gateway={value}"])
        assert "expected a map" in message
    assert load(str(BASE), sets=["gateway=null"])


def test_retired_words_are_gone_and_what_replaces_them_is_there():
    """No word of the table is in the schema where it stood; the language is as new as its newest change."""
    assert max(word.since for word in RETIRED) <= LANGUAGE
    words = {name for body in schema()["$defs"].values() for name in body.get("properties", ())}
    for word in RETIRED:
        assert word.at[-1] not in words or word.value
        assert word.now in words or word.value


def test_what_a_run_keeps_says_which_language_it_is_in():
    """Resolved scenarios have the version; the digest, which names results, does not depend on it."""
    resolved = resolve(load(str(BASE)))
    assert f"language: {LANGUAGE}\n" in dump(resolved)
    assert digest(resolved) == digest(resolve(load(str(BASE), sets=["language=1"])))
