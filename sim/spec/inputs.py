"""The files that a scenario reads, kept beside its results, so that these can be made again anywhere."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from sim.spec.resolve import dump, files_of
from sim.spec.scenario import Scenario
from sim.spec.store.recorded import digest_of

COPY_MAX_BYTES = 64 * 2**20
FOLDER = "data"
_SUFFIX = re.compile(r"(?:\.[A-Za-z0-9]{1,8}){1,2}$")


def kept(*scenarios: Scenario) -> tuple[dict[str, str], list[str]]:
    """Return file -> its place in a folder of results, and what to say of files that are not copied there."""
    places: dict[str, str] = {}
    notes = []
    for file in sorted({file for scenario in scenarios for file in files_of(scenario)}):
        try:
            size = os.path.getsize(file)
            if size <= COPY_MAX_BYTES:
                suffix = _SUFFIX.search(os.path.basename(file))
                places[file] = f"{FOLDER}/{digest_of(file)[:16]}{suffix[0] if suffix else ''}"
            else:
                why = f"it has {size / 2**20:,.0f} MiB, and {COPY_MAX_BYTES / 2**20:,.0f} MiB is the most"
                notes.append(f"{file!r} is needed too; it is not copied here: {why}")
        except OSError as error:
            notes.append(f"{file!r} is needed too; it is not copied here: {error.strerror}")
    return places, notes


def copy(places: Mapping[str, str], folder: Path) -> None:
    """Copy each file to its place in ``folder``. Raises OSError."""
    for file, place in places.items():
        (folder / place).parent.mkdir(exist_ok=True)
        shutil.copyfile(file, folder / place)


def written(scenario: Scenario, places: Mapping[str, str], notes: list[str]) -> str:
    """Return the resolved scenario as YAML that finds its files at their places, after what is not there."""
    return "".join(f"# {note}\n" for note in notes) + dump(scenario, places)
