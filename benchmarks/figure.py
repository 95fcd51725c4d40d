"""One measured figure, whether it is what was asked for, and a table of them."""

from dataclasses import dataclass

QUICK, USUAL, FULL = "quick", "usual", "full"  # sizes of a benchmark


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by name. ``least`` or ``most`` is the target, where there is one; ``aim`` is better still."""

    name: str
    value: float | str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    aim: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, None if there is none."""
        if isinstance(self.value, str) or (self.least is None and self.most is None):
            return None
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    @property
    def target(self) -> str:
        """The target as text, with the aim behind it."""
        bound = (
            f">= {self.least:g}"
            if self.least is not None
            else f"<= {self.most:g}"
            if self.most is not None
            else ""
        )
        return f"{bound}, aim {self.aim:g}" if bound and self.aim is not None else bound

    @property
    def shown(self) -> str:
        """The value with its unit."""
        if isinstance(self.value, str):
            return self.value
        number = f"{self.value:,.0f}" if abs(self.value) >= 1000 else f"{self.value:.4g}"
        return f"{number} {self.unit}".rstrip()

    def entry(self) -> dict[str, object]:
        """Return the figure as it is written down."""
        return {"value": self.value, "shown": self.shown, "target": self.target, "met": self.met}


def table(figures: list[Figure]) -> str:
    """Return figures as aligned lines: name, value with unit, target, verdict."""
    rows = [(f.name, f.shown, f.target, {True: "met", False: "MISSED", None: ""}[f.met]) for f in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join(
        f"  {a:<{widths[0]}}  {b:>{widths[1]}}  {c:<{widths[2]}}  {d}".rstrip() for a, b, c, d in rows
    )
