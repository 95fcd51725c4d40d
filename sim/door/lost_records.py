"""What is lost, out of reach, a ghost or there twice, as a DataFrame: the table of ``lost.parquet``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core.errors import Problem, SpecError

if TYPE_CHECKING:
    import pandas as pd

    from sim.measure.missing import MissingRange


def frame(missing: "Sequence[MissingRange] | None", folder: Path | None) -> "pd.DataFrame":
    """Return the table of a run in memory, or of its folder; the columns are those of docs/files.md.

    SpecError if neither has them.
    """
    import pandas as pd

    from sim.report.missing import UNITS

    found: pd.DataFrame = _table(missing, folder).to_pandas(types_mapper=_dtype)
    found.attrs["units"] = dict(UNITS)
    return found


def _table(missing: "Sequence[MissingRange] | None", folder: Path | None) -> Any:
    from sim.report.missing import FILE, read, table_of

    if missing is not None:
        return table_of(missing)
    if folder is None or not (folder / FILE).is_file():
        where = "the run is of a document alone" if folder is None else f"{folder} has no {FILE}"
        raise SpecError([Problem(f"{where}: its records are not known", "run the scenario again")])
    return read(folder / FILE)


def _dtype(kind: object) -> object:
    """Return pandas' dtype of an Arrow type; both of the table's have a place for what is not known."""
    import pandas as pd

    return pd.Int64Dtype() if str(kind) == "int64" else pd.StringDtype("python")
