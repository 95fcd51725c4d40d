"""Files made from the code, or with tables that are: ``python -m tests.generated`` writes them anew."""

from collections.abc import Callable
from functools import partial

from click.testing import CliRunner

from sim.cli.main import group
from tests.repo.sources import ROOT
from tests.repo.tables import current


def printed(*args: str) -> Callable[[], str]:
    """Return what makes the text that a command prints."""

    def made() -> str:
        result = CliRunner().invoke(group, args)
        assert result.exit_code == 0, result.output
        return result.stdout

    return made


FILES: dict[str, Callable[[], str]] = {
    "schema/scenario.schema.json": printed("schema"),
    "schema/run.schema.json": printed("schema", "run"),
    "docs/reference.md": printed("schema", "--format", "md"),
    "docs/measures.md": partial(current, "docs/measures.md"),
    "docs/files.md": partial(current, "docs/files.md"),
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
