"""The page of a run: its numbers are the document's, its picture shows what held at the cursor."""

import json
import re
import shutil
from bisect import bisect_right
from random import Random

import pytest

from sim.cli.main import main
from sim.report.formats import told
from sim.report.opened import opened as opened_folder
from sim.report.quantities import duration
from sim.report.replay.states import at, states
from sim.spec.loader import load

MOVED = "(slider, place) => { slider.value = place; slider.dispatchEvent(new Event('input')); }"
KEYS = ("Home", "n", "n", "ArrowRight", "n", "PageUp", "n", "p", "ArrowLeft", "End")


@pytest.fixture(scope="module")
def document(run_folder):
    """What ``run.json`` holds."""
    return json.loads((run_folder / "run.json").read_text("utf-8"))


def shown(page):
    """What the picture says: key of each state -> what it shows; and the cursor's time."""
    found = page.eval_on_selector_all("[data-state]", "all => all.map(e => [e.dataset.state, e.textContent])")
    return float(page.locator("#watch").get_attribute("data-time")), dict(found)


def test_keys_move_the_picture_to_the_states_of_that_time(run_folder, document, opened):
    """After every key each state in the picture is what the milestones say for that time."""
    known = states(document, load(str(run_folder / "scenario.yaml")))
    with opened(run_folder / "report.html") as page:
        slider = page.locator("#time")
        moments = []
        for key in KEYS:
            slider.press(key)
            moment, picture = shown(page)
            moments.append(moment)
            assert picture
            assert picture == {name: at(known[name], moment) for name in picture}
        assert len(set(moments)) > len(KEYS) / 2
        assert page.complaints == []


def test_at_any_time_the_picture_is_what_held_then(run_folder, document, opened):
    """The slider put anywhere, not only on milestones: states, faults and routes are those of then."""
    known = states(document, load(str(run_folder / "scenario.yaml")))
    chance = Random(7)
    with opened(run_folder / "report.html") as page:
        page.get_by_role("button", name="Whole run").click()
        last = int(page.locator("#time").get_attribute("max"))
        hits = set()
        for place in chance.sample(range(last), 25):
            page.locator("#time").evaluate(MOVED, place)
            moment, picture = shown(page)
            assert picture == {name: at(known[name], moment) for name in picture}
            hits |= {name for name, told in picture.items() if name.startswith("hit/") and told}
        assert {name.split("/")[1] for name in hits} == set(document["faults"])
        assert any(name.startswith("route/") for name in picture)


def test_values_in_the_picture_are_those_recorded_for_that_time(run_folder, opened):
    """Lags and ages at the cursor are the series' values of that moment, as every report writes them."""
    recorded = json.loads((run_folder / "series.json").read_text("utf-8"))
    with opened(run_folder / "report.html") as page:
        for key in KEYS:
            page.locator("#time").press(key)
            found = page.eval_on_selector_all(
                ".legend [data-value]", "all => all.map(e => [e.dataset.value, e.textContent])"
            )
            place = bisect_right(recorded["at_s"], shown(page)[0]) - 1
            assert found
            for name, text in found:
                value = recorded["series"][name]["values"][place]
                if recorded["series"][name]["unit"] == "s":
                    assert text == ("" if value is None else duration(value))


def test_play_moves_the_cursor_and_stops_again(run_folder, opened):
    """Play lets time pass, and the same button stops it."""
    with opened(run_folder / "report.html") as page:
        before, _ = shown(page)
        page.get_by_role("button", name="Play").click()
        page.wait_for_timeout(1000)
        page.get_by_role("button", name="Pause").click()
        stopped, _ = shown(page)
        assert stopped > before
        page.wait_for_timeout(100)
        assert shown(page)[0] == stopped


def test_the_first_view_is_the_incident_and_the_whole_run_can_be_seen(run_folder, document, opened):
    """The page opens zoomed to the first fault; a button shows all of it."""
    with opened(run_folder / "report.html") as page:
        plot = page.locator("#watch .plot").first
        low, high = (float(plot.get_attribute(f"data-{end}")) for end in ("low", "high"))
        started = min(fault["started_s"] for fault in document["faults"].values())
        assert low < started < high
        page.get_by_role("button", name="Whole run").click()
        assert float(plot.get_attribute("data-low")) == 0
        assert float(plot.get_attribute("data-high")) > high


def test_the_slider_says_where_it_is(run_folder, opened):
    """A screen reader hears the time and what happened last, and is not flooded by what changes."""
    with opened(run_folder / "report.html") as page:
        page.locator("#time").press("n")
        assert re.match(r"\d+:\d\d:\d\d\.\d", page.locator("#time").get_attribute("aria-valuetext"))
        assert page.locator("[aria-live=polite], [aria-live=assertive]").count() == 0


def test_verdicts_and_numbers_are_there_without_a_script(run_folder, document, opened):
    """Every objective with its verdict, every recovery and every loss are in the text."""
    with opened(run_folder / "report.html", script=False) as page:
        text = page.locator("body").text_content()
        rows = page.locator("#objectives tbody tr").all_text_contents()
        for objective in document["sla"]:
            row = next(row for row in rows if row.startswith(objective["id"]))
            assert objective["verdict"] in row
        for store, loss in document["loss"].items():
            assert store in text
            assert f"{loss['records']:,}" in text
        assert all(name in text for name in document["recovery"])
        assert page.locator("#watch .plot").count() > 0


ONE = """
name: "One <b>'region'</b> \\u6ce8\\u6587 {long}"
purpose: "<script>document.title = 'taken'</script> \\u202eevil"
duration: 3m
warmup: 10s
regions: {{only: {{}}}}
clients: {{only: {{share: 1}}}}
databases: {{orders: {{primary: only, replicas: [], workload: {{writes: 5/s, reads: 5/s}}}}}}
{faults}
sla:
  rpo: {{metric: rpa_records, of: orders, must: "== 0"}}
  rto: {{metric: rta, of: orders.write, must: "<= 10m"}}
"""
LOST = (
    "faults: {{crash: {{kind: db_crash, database: orders, region: only, at: 1m, duration: 1m, data: lost}}}}"
)

OPEN = "faults: {{crash: {{kind: db_crash, database: orders, region: only, at: 2m, duration: 5m}}}}"


def written(folder, faults):
    """The page of a run of one region with these faults."""
    source = ONE.format(long="x" * 150, faults=faults.format())
    (folder / "one.yaml").write_text(source, encoding="utf-8")
    main(["run", str(folder / "one.yaml"), "--out", str(folder / "reports")])
    return next(folder.glob("reports/*/*/report.html"))


def test_a_run_that_ends_too_early_is_undecided_everywhere_on_its_page(tmp_path, opened):
    """A store still down at the end: its objective is undecided, and its recovery has no length."""
    page_of = written(tmp_path, OPEN)
    verdict = json.loads((page_of.parent / "run.json").read_text("utf-8"))["verdict"]
    with opened(page_of) as page:
        row = page.locator("#objectives tbody tr", has_text="rto").text_content()
        assert "undecided" in row and "met" not in row
        assert verdict.lower() in page.locator("header, main").first.text_content().lower()
        assert "not over when the run ended" in page.locator("#recovery").text_content()
        page.locator("#time").press("End")
        assert shown(page)[1]["role/orders/only"] == "down"
        assert page.complaints == []


@pytest.fixture(scope="module", params=[LOST, "faults: {{}}"], ids=["everything lost", "nothing happens"])
def extreme(request, tmp_path_factory):
    """The page of one region without bus and lake, with names that would break a careless page."""
    return written(tmp_path_factory.mktemp("extreme"), request.param)


@pytest.mark.parametrize("width", [390, 1280])
def test_extremes_fit_and_nothing_of_their_names_is_run(extreme, opened, width):
    """One region, no bus, no fault or all of it lost: the page is whole, and markup in names is text."""
    with opened(extreme, width=width) as page:
        assert "<b>'region'</b>" in page.locator("h1").text_content()
        assert page.title() != "taken"
        page.locator("#time").press("End")
        moment, picture = shown(page)
        assert moment > 0
        assert picture["region/only"] == "up"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.complaints == []


def test_long_names_of_regions_leave_room_for_the_words_beside_them(run_folder, opened):
    """However long the name of a region is, what stands beside it is not broken letter by letter."""
    with opened(run_folder / "report.html") as page:
        long = "(all) => all.forEach(one => { one.textContent = 'region-with-a-long-name-'.repeat(3); })"
        page.locator(".route .state, .region-head h3").evaluate_all(long)
        lines = "all => all.map(e => e.offsetHeight / parseFloat(getComputedStyle(e).fontSize))"
        beside = page.locator(".route .what, .region-head .state").evaluate_all(lines)
        assert beside
        assert max(beside) < 2.5


def test_every_bar_of_a_recovery_says_what_ended_it(run_folder, document, opened):
    """Pointed at or reached by the keyboard, a bar tells the milestone at its end, as the document has it."""
    whys = [one["why"] for one in document["milestones"]]
    with opened(run_folder / "report.html") as page:
        bars = page.locator("#recovery .bar-name[tabindex]")
        told = bars.evaluate_all("all => all.map(one => [one.title, one.getAttribute('aria-label')])")
        assert told
        for title, label in told:
            assert title == label
            assert " until it was good again" in title or any(why in title for why in whys)
        bars.first.focus()
        assert bars.first.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_a_page_of_coarse_figures_says_so(run_folder, tmp_path):
    """Of a run that recorded nothing in detail the charts are coarse, which is said; else not."""
    from sim.core.checksums import seal

    coarse = shutil.copytree(run_folder, tmp_path / "quiet")
    (coarse / "series.json").unlink()
    seal(coarse)
    pages = [told("html", ".html", [opened_folder(folder)]) for folder in (run_folder, coarse)]
    assert [page.count("charts are coarse") for page in pages] == [0, 1]


def test_the_same_run_gives_the_same_bytes(run_folder):
    """``sim report`` writes what ``sim run`` wrote, and it is no larger than it may be."""
    page = (run_folder / "report.html").read_text("utf-8")
    assert told("html", ".html", [opened_folder(run_folder)]) == page
    assert len(page.encode()) < 1_000_000
