"""Documents that tell the truth: links that lead somewhere, commands that exist, tests that state a claim."""

import ast
import os
import re
from pathlib import Path

import pytest
from click import Context

from sim.cli.main import COMMANDS, group
from sim.core.identity import LIMITS
from sim.core.stages import STAGES
from sim.spec.scenario import Scenario
from tests.repo.sources import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def anchors(path):
    """The anchors of a document's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    """Each link within the repository names a file that is there, and a heading that is in it."""
    dead = []
    for link in LINK.findall(document.read_text("utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def test_the_contract_tells_every_limit():
    """The table of limits in docs/semantics.md has each limit, with its value, and no other."""
    contract = (ROOT / "docs/semantics.md").read_text("utf-8")
    told = re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", contract, re.MULTILINE)
    assert dict(told) == {name: f"{limit:,}" for name, limit in LIMITS.items()}


def test_the_glossary_has_the_terms_of_the_language_once():
    """Each section of a scenario and each stage is a word of it, no word is there twice, all are in order."""
    lines = re.findall(
        r"^\| ([^|]+?) \| .+ \|$", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE
    )[1:]
    assert lines == sorted({*lines}, key=str.lower)
    words = {word.partition(" (")[0] for line in lines for word in line.split(", ")}
    own = {
        "sla": "objective",
        "fresh": "freshness",
        "copy": "table copy",
        "warmup": "warm-up",
    }  # whose word is another
    terms = [*Scenario.model_fields, *(stage.name for stage in STAGES)]
    said = {"name", "purpose", "duration"}  # plain words
    missing = [term for term in terms if not {own.get(term, term), term[:-1]} & words | {term} & said]
    assert missing == []


def test_every_document_is_in_the_index():
    """docs/README.md leads to every document in docs."""
    linked = set(LINK.findall((ROOT / "docs/README.md").read_text("utf-8")))
    inside = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert inside - linked - {"README.md"} == set()


def test_the_readme_shows_each_command_and_no_other():
    """The README names every command of ``sim``, and only commands that are there."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert set(
        re.findall(r"\bsim ([a-z]+)\b(?! [a-z]+s\b)", "\n".join(re.findall(r"^sim .*$", text, re.MULTILINE)))
    ) == set(COMMANDS)


def test_the_readme_shows_each_option_of_run():
    """An option that ``sim run`` has is in the README's list."""
    text = (ROOT / "README.md").read_text("utf-8")
    run = group.get_command(Context(group), "run")
    missing = [
        option for p in run.params for option in p.opts if option.startswith("--") and option not in text
    ]
    assert missing == []


def test_the_build_server_runs_what_a_developer_runs():
    """.ci/run can be executed and calls make test, and make has every target that the README names."""
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "make test"
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert (
        set(re.findall(r"^make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)) <= targets
    )


TESTS = sorted(p for p in (ROOT / "tests").rglob("test_*.py") if "mutants" not in p.parts)


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_test_states_its_claim_in_one_line(path):
    """A test's docstring is there and its first line is the whole claim."""
    silent = [
        node.name
        for node in ast.walk(ast.parse(Path(path).read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not (ast.get_docstring(node) or "").strip()
    ]
    assert silent == []
