"""Names that people give are theirs: none is taken for something else because it ends or begins like it."""

import pytest

from sim.core.errors import SpecError
from sim.spec.resolve import load, resolve
from tests.spec.corpus import HERE

PATH = HERE / "valid" / "path.yaml"
WORDS = ("read", "write", "reads", "events", "raw", "relay", "lake", "dashboard", "platform")
SILENT = [f"databases.{name}.workload.reads=0/s" for name in ("orders", "stock")]


@pytest.mark.parametrize("word", WORDS)
def test_an_insight_may_have_any_name(word):
    """Its freshness is about the writes that it reads, though nobody reads a database."""
    objective = f"{{metric: freshness_max, of: dashboard.{word}, must: <= 5m}}"
    sets = [f"insights.{word}={{reads: [orders], refresh: 1m}}", f"sla={{fresh: {objective}}}", *SILENT]
    assert resolve(load(str(PATH), sets=sets)).insights[word].reads == ["orders"]


@pytest.mark.parametrize("word", ("dashboard", "lake", "platform"))
@pytest.mark.parametrize("kind", ("read", "write"))
def test_a_database_may_have_any_name_where_there_is_no_data_path(tmp_path, word, kind):
    """Without a bus there are no dashboards and no lake that it could be taken for."""
    file = tmp_path / "named.yaml"
    file.write_text((HERE / "valid" / "base.yaml").read_text().replace("orders", word))
    objective = f"{{metric: rta, of: {word}.{kind}, must: <= 5m}}"
    assert word in resolve(load(str(file), sets=[f"sla={{back: {objective}}}"])).databases


@pytest.mark.parametrize("word", ("read", "write", "events", "raw", "curated", "analytics"))
def test_a_consumer_may_not_be_called_as_what_its_domain_has(word):
    """``orders.raw`` can be one thing only; that a name is taken is said where it is given."""
    with pytest.raises(SpecError, match=f"'{word}' is a name of the data path itself"):
        load(str(PATH), sets=[f"consumers.{word}={{of: orders, region: us-east}}"])
