"""Style sheets and scripts of this package as text, and the colours of the palette as CSS variables."""

from functools import cache
from importlib.resources import files

from sim.report import palette
from sim.report.palette import Theme


@cache
def read(name: str) -> str:
    """Return a file of this package."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def colours() -> str:
    """Return the palette as CSS: light; dark where a screen prefers it or the reader chose it; marks."""
    dark = _variables("dark")
    classes = [f".{name}{{--colour:var(--{name});--on:var(--on-{name})}}" for name in _marks("light")]
    return "\n".join(
        (
            f":root{{{_variables('light')}}}",
            "@media screen{",
            f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}",
            f":root[data-theme=dark]{{{dark}}}",
            "}",
            *classes,
            "",
        )
    )


def _marks(theme: Theme) -> dict[str, str]:
    """Return the colours that marks can have, by the name of their class and variable."""
    return {
        **{f"s{place}": colour for place, colour in enumerate(palette.SERIES[theme])},
        **{f"phase-{name.replace('_', '-')}": colour for name, colour in palette.PHASES[theme].items()},
        **{f"term-{name.replace('_', '-')}": colour for name, colour in palette.TERMS[theme].items()},
        **palette.VERDICTS[theme],
    }


def _variables(theme: Theme) -> str:
    found = {
        "ink": palette.INK[theme],
        "muted": palette.MUTED[theme],
        "ground": palette.GROUND[theme],
        "panel": palette.PANEL[theme],
        "grid": palette.GRID[theme],
        "fault": palette.FAULT[theme],
        **_marks(theme),
        **{f"on-{name}": palette.readable_on(colour) for name, colour in _marks(theme).items()},
    }
    return f"color-scheme:{theme};" + "".join(f"--{name}:{colour};" for name, colour in found.items())
