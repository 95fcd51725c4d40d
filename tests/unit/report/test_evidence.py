"""The record of a drill: dated, complete, and the same in both of its forms."""

import os
import re
import shutil
from html import unescape

import pytest

from sim.report.evidence import markdown, page
from sim.report.opened import Opened, opened

AT_S = 1_796_094_611  # a moment, in seconds since 1970


@pytest.fixture(scope="module")
def folder(ghosts, tmp_path_factory):
    """The folder of a run that was kept at a known time."""
    copy = shutil.copytree(ghosts.folder, tmp_path_factory.mktemp("kept") / "run")
    os.utime(copy / "run.json", (AT_S, AT_S))
    return opened(copy)


@pytest.fixture(scope="module", params=[markdown.of_run, page.of_run])
def shown(request, folder):
    """A record as its reader sees it: tags and escapes are gone."""
    text = re.sub(r"(?<!\\)<[^>]*>", " ", request.param(folder))
    return re.sub(r"\\(.)", r"\1", unescape(text))


def test_a_record_says_when_and_with_what(folder, shown):
    """The date of the file in UTC, digests, seed and versions."""
    assert "2026-12-01 03:10:11 UTC" in shown
    for said in (folder.document["digest"], folder.document["journal_digest"], "numba", "0, 0"):
        assert said in shown


def test_a_record_leaves_no_row_out(folder, shown):
    """Every objective, capability, store and fault, and every note on the model is there."""
    document = folder.document
    names = [*document["recovery"], *document["loss"], *document["faults"], *document["trust"]]
    names += [objective["id"] for objective in document["sla"]]
    assert [name for name in names if name not in shown] == []
    assert "missed" in shown


def test_a_record_says_what_was_never_tested(folder):
    """Faults without effect, objectives without a verdict, capabilities without use, other kinds of fault."""
    document = {**folder.document}
    document["faults"] = {
        **document["faults"],
        "power": {**document["faults"]["power"], "fired": False},
    }
    document["sla"] = [{**one, "verdict": "undecided", "why": "too short"} for one in document["sla"]]
    document["recovery"] = {name: {**one, "tested": False} for name, one in document["recovery"].items()}
    text = markdown.of_run(Opened(folder.folder, "run", document))
    untested = text[text.index("## What was never tested") : text.index("## Limits")]
    assert "never took effect: power" in untested
    assert "does not decide: " in untested
    assert "orders.write" in untested
    assert r"network\_partition" in untested
    assert r"region\_outage" not in untested


def test_a_record_of_nothing_says_so(folder):
    """Without faults and objectives there is nothing that was judged, in words and not as an empty table."""
    document = {**folder.document, "faults": {}, "sla": [], "recovery": {}}
    text = markdown.of_run(Opened(folder.folder, "run", document))
    assert "No fault was injected" in text
    assert "nothing was judged" in text


def test_a_purpose_is_never_a_command_or_markup(folder):
    """Text of the scenario stays text in both forms."""
    hostile = "sim run x; <script>alert(1)</script> | @team"
    resolved = re.sub(
        r"^purpose: (.|\n  )*", f'purpose: "{hostile}"', folder.document["resolved"], flags=re.M
    )
    document = {**folder.document, "resolved": resolved}
    changed = Opened(folder.folder, "run", document)
    assert f"```sh\n{hostile}" not in markdown.of_run(changed)
    assert "<script>alert" not in page.of_run(changed) + markdown.of_run(changed)
