"""Words of the field lead to ours."""

import pytest

from sim.spec.model import Model, fields_by_key
from sim.spec.objectives.metrics import METRICS
from sim.spec.resolve import fault_catalogue
from sim.spec.synonyms import TARGETS, synonyms
from sim.spec.text import nearest


def _keys() -> set[str]:
    """Return every key of every model."""
    models, found = [Model], set()
    while models:
        model = models.pop()
        models += model.__subclasses__()
        found |= set(fields_by_key(model))
    return found


def test_every_target_exists_and_no_word_is_a_target_itself():
    """A row of the table that leads nowhere, or from a name to itself, is a mistake."""
    known = {*fault_catalogue(), *METRICS, *_keys(), "extends"}
    targets = {target.split()[0] for found in TARGETS.values() for target in found}
    assert targets <= known
    assert not [word for word, found in TARGETS.items() if word in [target.split()[0] for target in found]]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("az_outage", "did you mean 'region_outage' with zone"),
        ("dns_failure", "did you mean 'region_isolation' with clients: true"),
        ("pause_replication", "did you mean 'replication_pause'"),
        ("s3_replication_pause", "did you mean 'object_replication_pause'"),
        ("S3-Replication-Pause", "did you mean 'object_replication_pause'"),
        ("io_delay", "did you mean 'node_slow'"),
        ("aws:rds:failover-db-cluster", "did you mean 'db_crash'"),
    ],
)
def test_a_fault_of_the_field_leads_to_a_kind(word, hint):
    """What clouds and tools call a fault is answered with the kind here."""
    assert str(nearest(word, fault_catalogue())) == hint


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("rpo", "did you mean 'rpa_window' or 'rpa_records'"),
        ("rto", "did you mean 'rta'"),
        ("mttr", "did you mean 'rta'"),
        ("uptime", "did you mean 'availability'"),
        ("errors", "did you mean 'error_rate'"),
        ("lag", "did you mean 'staleness_max' or 'freshness_max' or 'exposure_max_records'"),
        ("p95", "did you mean 'latency_p95'"),
    ],
)
def test_a_measure_of_the_field_leads_to_a_metric(word, hint):
    """What people call a figure is answered with the metric here."""
    assert str(nearest(word, METRICS)) == hint


def test_the_place_decides_which_target_is_meant():
    """The same word leads to a key where keys are known, and to nothing where none of its targets is."""
    assert synonyms("lag", {"max_lag", "lease"}) == ["max_lag"]
    assert synonyms("lag", {"rate"}) == []
