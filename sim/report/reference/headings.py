"""Links to headings of the same page."""

import re


def link(heading: str) -> str:
    """Return a link to a heading, with its words."""
    return f"[{heading}](#{anchor(heading)})"


def anchor(heading: str) -> str:
    """Return the name by which GitHub knows a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
