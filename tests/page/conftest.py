"""One browser for all tests of pages; pages are opened from disk."""

from contextlib import contextmanager

import pytest

from sim.cli.main import main
from tests.page import chromium


@pytest.fixture(scope="session")
def browser():
    """A Chromium; without one the tests are skipped, and say why."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        path = chromium.found(playwright)
        if path is None:
            pytest.skip(chromium.MISSING)
        with playwright.chromium.launch(executable_path=path) as running:
            yield running


@pytest.fixture
def opened(browser):
    """Open a file; what it asked for and complained of is kept in ``requests`` and ``complaints``."""

    @contextmanager
    def opening(path, *, width=1280, theme="light", script=True):
        size = {"width": width, "height": 900}
        with browser.new_context(viewport=size, color_scheme=theme, java_script_enabled=script) as context:
            page = context.new_page()
            page.requests, page.complaints = [], []
            page.on("request", lambda request: page.requests.append(request.url))
            page.on("console", lambda message: page.complaints.append(message.text))
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.goto(path.as_uri())
            yield page

    return opening


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """The folder of a run that loses its primary region, as ``sim run`` leaves it."""
    out = tmp_path_factory.mktemp("reports")
    main(["run", "failover/ghosts", "--out", str(out)])
    return next(out.glob("*/*/report.html")).parent
