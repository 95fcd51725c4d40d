"""The README shows what the drill really prints."""

import re
from pathlib import Path

from sim.cli.main import main

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"<!-- drill-output -->\n```\n(.*?)```", re.DOTALL)


def test_the_drill_prints_what_the_readme_shows(tmp_path, capsys, monkeypatch):
    """Every line of the README's block, but the one with the wall time, is a line of the drill's own page."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")  # as wide as the README shows it, whatever runs the tests
    monkeypatch.chdir(tmp_path)
    code = main(["run", "drills/lose-primary-region"])
    printed = set(capsys.readouterr().out.splitlines())
    shown = BLOCK.search((ROOT / "README.md").read_text())[1].splitlines()
    claims = [line for line in shown if line not in ("", "...") and " writes simulated in " not in line]
    assert code == 0
    assert len(claims) > 20
    assert [line for line in claims if line not in printed] == []
