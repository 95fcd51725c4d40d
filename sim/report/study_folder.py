"""The folder of a study: where it belongs, and the documents in it beside its tables."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from sim.report.document import written
from sim.report.folder import folder_of, versions
from sim.report.study import document
from sim.spec.inputs import kept
from sim.spec.inputs import written as resolved
from sim.studies.machine import fingerprint
from sim.studies.plan import Point
from sim.studies.study import FinishedStudy

DOCUMENT = "study.json"


def target_of(points: Sequence[Point], *, seed: int, out: Path) -> Path:
    """Return where a study's folder belongs under ``out``: named by what is studied, not by how."""
    digest = points[0].digest
    if len(points) > 1:
        digest = sha256("".join(point.digest for point in points).encode()).hexdigest()
    return folder_of(out, scenario=points[0].scenario.name, digest=digest, name=f"{seed}-study")


def finish(study: FinishedStudy) -> list[str]:
    """Let the folder of a study appear, with its documents; return notes on files that could not be kept."""
    places, notes = kept(*(finding.point.scenario for finding in study.findings))
    study.store.finish(_documents(study, places, notes), places)
    return notes


def _documents(study: FinishedStudy, places: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    found = {**document(study), "versions": versions(), "machine": fingerprint()}
    texts = {DOCUMENT: written(found)}
    for number, finding in enumerate(study.findings):
        texts[f"scenario-{number}.yaml"] = resolved(finding.point.scenario, dict(places), notes)
    return texts
