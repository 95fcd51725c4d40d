"""``sim report``: what it takes, where it writes, and what it says of folders that it cannot read."""

import json
import shutil

import pytest


@pytest.fixture
def folder(ghosts, tmp_path):
    """A copy of a run's folder."""
    return shutil.copytree(ghosts.folder, tmp_path / "run")


def test_a_report_goes_into_its_folder_which_stays_whole(sim, folder):
    """It is named on stdout, and the folder can be read as before."""
    assert sim("report", str(folder), "--format", "trace") == (0, f"{folder / 'trace.json'}\n", "")
    assert json.loads((folder / "trace.json").read_text())["traceEvents"]
    assert sim("report", str(folder), "--format", "trace", "-o", str(folder / "again.json"))[0] == 0
    assert (folder / "again.json").read_bytes() == (folder / "trace.json").read_bytes()


def test_a_page_that_is_written_anew_leaves_its_folder_whole(sim, folder):
    """A newer sim draws another page of the same figures: those are sealed, their picture is not."""
    from sim.core.checksums import seal

    (folder / "report.html").write_text("as an earlier version drew it")
    seal(folder)
    for _ in range(2):
        assert sim("report", str(folder))[0] == 0
    assert "earlier version" not in (folder / "report.html").read_text()
    assert sim("explain", str(folder))[0] == 0


def test_a_report_goes_to_stdout_when_asked(sim, folder, ghosts):
    """``-o -`` writes no file."""
    code, out, _ = sim("report", str(folder), "--format", "trace", "-o", "-")
    assert code == 0
    assert json.loads(out)["otherData"]["scenario"] == ghosts.document["scenario"]
    assert not (folder / "trace.json").exists()


def _changed(folder, **changes):
    """Change the document of a folder that is no longer sealed then, and seal it again."""
    from sim.core.checksums import seal

    document = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**document, **changes}))
    seal(folder)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: shutil.rmtree(f), "there is no folder"),
        (lambda f: (f / "run.json").unlink(), "holds neither run.json nor study.json"),
        (lambda f: (f / "run.json").write_text("{"), "run.json is not what was written"),
        (lambda f: (f / "SHA256SUMS").unlink(), "has no SHA256SUMS"),
        (lambda f: _changed(f, unfinished={"why": "it took too long"}), "did not come to its end, it took"),
        (lambda f: _changed(f, document=1000), "made by a newer version of sim"),
        (lambda f: _changed(f, document=0), "made by an earlier version of sim"),
    ],
)
def test_a_folder_that_cannot_be_told_of_is_refused_in_words(sim, folder, spoil, said):
    """Exit 2, one line that names the folder and what is wrong with it; nothing is written."""
    spoil(folder)
    code, out, err = sim("report", str(folder), "--format", "trace")
    assert (code, out) == (2, "")
    assert str(folder) in err
    assert said in err
    assert "Traceback" not in err


def test_what_a_format_cannot_tell_of_is_said(sim, folder, tmp_path):
    """Two runs are no trace, three folders no comparison, and a file is no folder."""
    code, _, err = sim("report", str(folder), str(folder), "--format", "trace")
    assert code == 2
    assert "the format trace cannot tell of a comparison" in err
    code, _, err = sim("report", *[str(folder)] * 3)
    assert code == 2
    assert "name one folder, or two runs or two studies" in err
    (tmp_path / "file").write_text("")
    assert "is a file" in sim("report", str(tmp_path / "file"))[2]


def test_the_name_of_the_file_says_in_which_form_evidence_is_written(sim, folder):
    """HTML by default, Markdown for a name that ends so, and no other."""
    assert sim("report", str(folder), "--format", "evidence")[0] == 0
    assert (folder / "evidence.html").read_text().startswith("<!doctype html>")
    assert sim("report", str(folder), "--format", "evidence", "-o", str(folder / "e.md"))[0] == 0
    assert (folder / "e.md").read_text().startswith("# Record of a drill")
    code, _, err = sim("report", str(folder), "--format", "evidence", "-o", str(folder / "e.pdf"))
    assert code == 2
    assert "ends in .html or .md" in err
