"""Verdicts as words with a sign and a colour of their own."""

from markupsafe import Markup

from sim.report.html.markup import el

KINDS = {"pass": "met", "fail": "missed", "inconclusive": "undecided", "error": "broken"}


def verdict(word: str) -> Markup:
    """Return a verdict of an objective, a trial or a study."""
    return el("span", word, class_=f"verdict {KINDS.get(word, word)}")


def badge(word: str) -> Markup:
    """Return the verdict of a whole page."""
    return el("span", word.upper(), class_=f"verdict badge {KINDS.get(word, word)}")
