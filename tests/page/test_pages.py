"""Every page, in a browser: it asks nobody, complains of nothing, and can be read by everybody everywhere."""

import json

import pytest

from tests.page import specimen

WIDTHS = (360, 1280, 1920)


@pytest.fixture(scope="session")
def pages(tmp_path_factory, run_folder):
    """Every page that is looked at."""
    folder = tmp_path_factory.mktemp("pages")
    return {"specimen": specimen.written(folder / "specimen.html"), "run": run_folder / "report.html"}


@pytest.fixture(params=["specimen", "run"])
def path(request, pages):
    """The path of a page."""
    return pages[request.param]


def barriers(page):
    """What axe-core finds that is serious."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"]) for one in serious]


def test_a_page_asks_nobody_and_complains_of_nothing(path, opened):
    """Opened from disk, a page fetches itself alone, and the console stays empty."""
    with opened(path) as page:
        assert page.requests == [path.as_uri()]
        assert page.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_has_no_barriers(path, opened, theme):
    """axe-core finds nothing serious, in either theme, folded parts opened."""
    with opened(path, theme=theme) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert barriers(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_fits(path, opened, width):
    """Nothing makes the page wider than the screen, also with every folded part open."""
    with opened(path, width=width) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_prints(path, opened):
    """A page becomes a PDF; what is folded is unfolded on paper, and dark stays on the screen."""
    with opened(path, theme="dark") as page:
        assert page.pdf(format="A4").startswith(b"%PDF")
        page.emulate_media(media="print")
        assert (
            page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            == "rgb(255, 255, 255)"
        )
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details:not([open])").count() == 0


def test_a_page_can_be_read_without_a_script(path, opened):
    """What the main part says is there without JavaScript."""
    with opened(path, script=False) as page:
        assert page.locator("h1").is_visible()
        plain = page.locator("main").text_content()
    with opened(path) as page:
        assert set(page.locator("main table, main figcaption").all_text_contents())
        for text in page.locator("main table, main figcaption").all_text_contents():
            assert text in plain


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
        assert (
            page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            == "rgb(255, 255, 255)"
        )
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
