"""Small studies, run for their pages: with a broken trial, all undecided, one trial, a sweep."""

import json

import pytest

from sim.cli.main import main
from tests.page.specimen import HOSTILE
from tests.study import small

ALONE = ("--jobs", "1")
PRICES = "prices={source: 'a <b>list</b>', instance: 0.5 USD/h}"
PROMOTION = "databases.orders.failover.promotion=5s,90s"
NAME = f"name: {json.dumps(' '.join(HOSTILE[:5]))}"


def page(folder, *options, text=small.TEXT):
    """Run a study in a folder, which gets its page; return that."""
    folder.mkdir()
    scenario = small.written(folder, text.replace("name: Small study", NAME))
    main(["run", str(scenario), *ALONE, "--out", str(folder / "reports"), *options])
    (found,) = folder.glob("reports/*/*-study/report.html")
    return found


def comparison(folder):
    """Compare two designs in a folder; return the page."""
    folder.mkdir()
    scenario = small.written(folder, small.TEXT.replace("name: Small study", NAME))
    to = ("--set", "databases.orders.failover.promotion=90s", "--out", str(folder / "reports"))
    main(["compare", str(scenario), "--trials", "8", *ALONE, *to])
    (found,) = folder.glob("reports/*/*-study/comparison.html")
    return found


def pages(folder):
    """Every page, by name."""
    with pytest.MonkeyPatch.context() as patch:
        small.break_trial_2(patch)
        broken = page(folder / "broken", "--trials", "6")
    return {
        "broken": broken,
        # The run ends before anything can have recovered.
        "undecided": page(folder / "undecided", "--trials", "3", "--set", "duration=3m5s"),
        "one": page(folder / "one", "--until", "decided", "--trials", "1"),
        "comparison": comparison(folder / "comparison"),
        "runs": runs(folder / "runs"),
        "sweep": page(folder / "sweep", "--trials", "4", "--set", PRICES, "--sweep", PROMOTION),
    }


def runs(folder):
    """Run two designs once each and compare them; return the page."""
    folder.mkdir()
    scenario = small.written(folder, small.TEXT.replace("name: Small study", NAME))
    for promotion in ("5s", "90s"):
        options = ("--set", f"databases.orders.failover.promotion={promotion}", "-q")
        main(["run", str(scenario), *options, "--out", str(folder / "reports")])
    found = sorted(path.parent for path in folder.glob("reports/*/*/run.json"))
    main(["report", *map(str, found), "-o", str(folder / "comparison.html")])
    return folder / "comparison.html"
