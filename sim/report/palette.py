"""The colours of every picture and page, light and dark, in one place.

The eight colours of series contrast with their ground by 3 to 1 or more (WCAG 2.2, 1.4.11), and differ from
each other also for people with any of the three colour blindnesses; those of words contrast by 4.5 to 1
(1.4.3). Tests compute both.
"""

from typing import Literal

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")

INK: dict[Theme, str] = {"light": "#1d2126", "dark": "#e4e7eb"}
MUTED: dict[Theme, str] = {"light": "#57606a", "dark": "#a3acb8"}  # words that matter less
GROUND: dict[Theme, str] = {"light": "#ffffff", "dark": "#14171b"}
PANEL: dict[Theme, str] = {"light": "#f4f6f8", "dark": "#1d2127"}  # what lies on the ground
GRID: dict[Theme, str] = {"light": "#d9dde2", "dark": "#3a414a"}
FAULT: dict[Theme, str] = {"light": "#c2410c", "dark": "#ff9a5c"}
SERIES: dict[Theme, tuple[str, ...]] = {
    "light": ("#1559c2", "#ff5600", "#004220", "#a21e67", "#00a3bf", "#774a00", "#a88f88", "#530084"),
    "dark": ("#0078d0", "#e44f22", "#19ef9a", "#b94290", "#d0f9f4", "#ebaf02", "#837665", "#e7c0ff"),
}
# verdict of an objective, or of a run -> the colour of its words and marks
VERDICTS: dict[Theme, dict[str, str]] = {
    "light": {"met": "#0a6b3d", "missed": "#b3261e", "undecided": "#805000", "broken": "#57606a"},
    "dark": {"met": "#5fd79a", "missed": "#ff8a80", "undecided": "#f2c14e", "broken": "#a3acb8"},
}
# phase of a recovery, in the order in which they come -> its place among the series; the last has its own
_PHASE_PLACES = {
    "detect": 0, "decide": 6, "fence": 1, "promote": 2,
    "reroute": 3, "repair": 7, "replay": 4, "reconcile": 5,
}  # fmt: skip
_CATCH_UP: dict[Theme, str] = {"light": "#c0e484", "dark": "#7818fc"}
PHASES: dict[Theme, dict[str, str]] = {
    theme: {phase: SERIES[theme][place] for phase, place in _PHASE_PLACES.items()}
    | {"catch_up": _CATCH_UP[theme]}
    for theme in THEMES
}
# where acknowledged records that have not arrived are, in the order of the waterfall
_TERM_PLACES = {"in_flight": 4, "stranded": 5, "dropped": 6, "lost": 1}
TERMS: dict[Theme, dict[str, str]] = {
    theme: {term: SERIES[theme][place] for term, place in _TERM_PLACES.items()} for theme in THEMES
}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (``#rrggbb``), 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (``#rrggbb``), 0 to 1, as WCAG 2.2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable_on(colour: str) -> str:
    """Return black or white, whichever can be read on a colour."""
    return max(("#000000", "#ffffff"), key=lambda words: contrast(words, colour))
