"""The shell of every page: head, policy, style, landmarks, table of contents, data, scripts."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from sim.report.html import assets
from sim.report.html.markup import Child, el, name

SCRIPT = "shell.js"
THEMES = (("", "as the system"), ("light", "light"), ("dark", "dark"))


@dataclass(frozen=True, slots=True)
class PageSection:
    """A part of a page with a heading. ``folded``: it opens when asked to, and on paper."""

    ident: str
    title: str
    body: Sequence[Child]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page. ``head``: what stands under the title, before any section.

    ``kind``: what it is, as in "Study"; ``data``: JSON for scripts; ``styles``: texts, after the shell's;
    ``scripts``: texts, run in this order.
    """

    title: str
    kind: str
    head: Sequence[Child]
    sections: Sequence[PageSection]
    data: Mapping[str, Any] | None = None
    styles: Sequence[str] = field(default=())
    scripts: Sequence[str] = field(default=())


def rendered(page: Page) -> str:
    """Return a page as one HTML document: the same bytes for the same page."""
    scripts = (assets.read(SCRIPT), *page.scripts)
    body = el(
        "body",
        el("a", "Skip to the content", href="#content", class_="skip"),
        _header(page),
        _contents(page.sections),
        el("main", *map(_section, page.sections), id="content", tabindex="-1"),
        None if page.data is None else _data(page.data),
        *(el("script", Markup(script)) for script in scripts),
    )
    return f"<!doctype html>\n{el('html', _head(page, scripts), body, lang='en')}\n"


def _head(page: Page, scripts: Sequence[str]) -> Markup:
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_policy(scripts)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", f"{page.title} - {page.kind}"),
        el("style", Markup("".join((assets.colours(), assets.read("shell.css"), *page.styles)))),
    )


def _policy(scripts: Sequence[str]) -> str:
    """Allow the style and these very scripts; nothing is fetched, sent, or framed."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts)
    rules = ("default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'")
    return "; ".join((*rules, f"script-src {hashes}"))


def _header(page: Page) -> Markup:
    themes = (
        el("button", words, type="button", data_theme=theme, aria_pressed="true" if not theme else "false")
        for theme, words in THEMES
    )
    choice = el("div", *themes, class_="themes", role="group", aria_label="Colours", hidden=True)
    return el(
        "header",
        el("div", el("p", page.kind, class_="kind"), choice, class_="above"),
        name(page.title, "h1"),
        *page.head,
    )


def _contents(sections: Sequence[PageSection]) -> Markup | None:
    if len(sections) < 2:
        return None
    links = (el("li", el("a", section.title, href=f"#{section.ident}")) for section in sections)
    return el("nav", el("ul", *links), aria_label="Contents")


def _section(section: PageSection) -> Markup:
    heading = el("h2", section.title, id=f"{section.ident}-title")
    inside: tuple[Child, ...] = (heading, *section.body)
    if section.folded:
        inside = (el("details", el("summary", heading), *section.body),)
    return el("section", *inside, id=section.ident, aria_labelledby=f"{section.ident}-title")


def _data(data: Mapping[str, Any]) -> Markup:
    """Return JSON that no text in it can end: ``<`` is written as an escape."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return el("script", Markup(text), type="application/json", id="data")
