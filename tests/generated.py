"""Files made from the code: ``python -m tests.generated`` writes them, a test holds them to it.

Of docs/measures.md the tables are, each between ``<!-- made: what -->`` and ``<!-- end -->``.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from click.testing import CliRunner

from sim.cli.main import group
from sim.core.stages import CONSUMERS, REGIONS, STAGES
from sim.report.markdown.text import table
from sim.report.reference.run import record_table, records
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.subjects import KINDS

ROOT = Path(__file__).parents[1]
MADE = re.compile(r"(<!-- made: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def printed(*args: str) -> Callable[[], str]:
    """Return what makes the text that a command prints."""

    def made() -> str:
        result = CliRunner().invoke(group, args)
        assert result.exit_code == 0, result.output
        return result.stdout

    return made


def measures() -> str:
    """Return docs/measures.md with its tables made anew."""
    known = records()

    def made(found: re.Match[str]) -> str:
        what = found[2]
        text = record_table(known[what]) if what in known else table(*TABLES[what]())
        return f"{found[1]}\n{text}\n\n{found[4]}"

    return MADE.sub(made, (ROOT / "docs/measures.md").read_text("utf-8"))


def metrics() -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    """Return the table of metrics."""
    rows = (
        (f"`{name}`", KINDS[metric.of].word, " or ".join(metric.units), metric.says, f"`{metric.figure}`")
        for name, metric in METRICS.items()
    )
    return ("metric", "of a", "bound", "what it is", "figure"), rows


def stages() -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    """Return the table of stages."""
    of = {REGIONS: "{}/<r>", CONSUMERS: "<consumer>"}
    rows = ((f"`{of.get(stage.each, '{}').format(stage.name)}`", stage.says) for stage in STAGES)
    return ("stage", "what it holds"), rows


TABLES = {"metrics": metrics, "stages": stages}
FILES: dict[str, Callable[[], str]] = {
    "schema/scenario.schema.json": printed("schema"),
    "schema/run.schema.json": printed("schema", "run"),
    "docs/reference.md": printed("schema", "--format", "md"),
    "docs/measures.md": measures,
}


def main() -> None:
    """Write the files that have changed."""
    for name, made in FILES.items():
        path, text = ROOT / name, made()
        if path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(name)


if __name__ == "__main__":
    main()
