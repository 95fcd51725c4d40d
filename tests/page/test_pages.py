"""Every page, in a browser: it asks nobody, complains of nothing, and can be read by everybody everywhere."""

import json

import pytest

from tests.page import specimen, studies

WIDTHS = (360, 1280, 1920)
WHITE = "rgb(255, 255, 255)"


@pytest.fixture(scope="session")
def pages(tmp_path_factory, run_folder):
    """Every page that is looked at."""
    folder = tmp_path_factory.mktemp("pages")
    return {
        "specimen": specimen.written(folder / "specimen.html"),
        "run": run_folder / "report.html",
        **studies.pages(folder),
    }


@pytest.fixture(params=["specimen", "run", "broken", "undecided", "one", "sweep", "comparison", "runs"])
def path(request, pages):
    """The path of a page."""
    return pages[request.param]


def unfold(page):
    """Open every folded part."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def barriers(page, options=None):
    """What axe-core finds that is serious."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=options).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"]) for one in serious]


def test_a_page_asks_nobody_and_complains_of_nothing(path, opened):
    """Opened from disk, a page fetches itself alone, and the console stays empty."""
    with opened(path) as page:
        assert page.requests == [path.as_uri()]
        assert page.complaints == []


def test_a_page_has_no_barriers(path, opened):
    """axe-core finds nothing serious, folded parts opened; in the dark it looks at what depends on that."""
    with opened(path) as page:
        unfold(page)
        assert barriers(page) == []
        page.emulate_media(color_scheme="dark")
        assert barriers(page, {"runOnly": ["color-contrast"]}) == []


def test_a_page_fits(path, opened):
    """From a phone to a projector nothing makes the page wider than the screen, folded parts opened."""
    with opened(path) as page:
        unfold(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_prints(path, opened):
    """A page becomes a PDF; what is folded is unfolded on paper, and dark stays on the screen."""
    with opened(path, theme="dark") as page:
        assert page.pdf(format="A4").startswith(b"%PDF")
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == WHITE
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details:not([open])").count() == 0


def test_a_page_can_be_read_without_a_script(path, opened):
    """Without JavaScript every heading and every cell of a table is there."""
    with opened(path, script=False) as page:
        assert page.locator("h1").is_visible()
        plain = page.locator("main").text_content()
    with opened(path) as page:
        told = page.evaluate(
            "[...document.querySelectorAll('main :is(td, th, caption, h2)')].map(e => e.textContent)"
        )
    assert told
    assert all(text in plain for text in told)


def test_a_page_can_be_read_with_the_keyboard(path, opened):
    """The first Tab leads to the link that skips to the content, which shows itself and where it is."""
    with opened(path) as page:
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.get_attribute("href") == "#content"
        assert focused.bounding_box()["x"] >= 0
        assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_the_colours_can_be_chosen(pages, opened):
    """A reader whose system is dark can have the page light, as for a projector."""
    with opened(pages["specimen"], theme="dark") as page:
        page.get_by_role("button", name="light").click()
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == WHITE
        assert page.get_by_role("button", name="light").get_attribute("aria-pressed") == "true"


def test_names_of_others_are_shown_and_not_run(pages, opened):
    """Markup in names is text: no element, attribute or script comes of it; controls are told as escapes."""
    with opened(pages["specimen"]) as page:
        assert page.locator("img, main script, main b").count() == 0
        for text in specimen.HOSTILE:
            shown = text.replace("\u202e", "\\u202e")
            assert page.locator("th", has_text=shown).count() >= 1
        assert page.title().startswith(specimen.HOSTILE[1])


def test_data_for_scripts_is_what_was_given(pages, opened):
    """Text that would end the element of the data comes out of it whole."""
    with opened(pages["specimen"]) as page:
        assert json.loads(page.locator("#data").text_content()) == {"name": specimen.HOSTILE[2]}


def test_a_script_that_is_not_the_pages_own_does_not_run(pages, opened, tmp_path):
    """The policy knows the page's scripts by their hashes: another one, had it come in, is refused."""
    whole = pages["specimen"].read_text("utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(whole.replace("</main>", "<script>document.title='taken'</script></main>"), "utf-8")
    with opened(broken) as page:
        assert page.title() != "taken"
        assert any("Content Security Policy" in text for text in page.complaints)
