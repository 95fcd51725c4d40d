# make demo    installs into .venv, judges a small store and runs the shipped drill
# make test    installs what the tests need and runs every check
# make oracle  thousands of generated cases, new ones each day, against the naive twin
# make fuzz    ten thousand mutants of scenarios are validated, a thousand simulated (an hour)
# make pause   runs twelve hours without copies, 25 million writes (half a minute, half a gigabyte)
# make large   what runs at its limits: 128 regions, 200 domains, 10,000 promotions (two minutes)
# make study   the shipped gate, the interval proofs, and the studies that are killed
# make growth  what runs cost with more regions, domains, consumers and time: nothing is superlinear (a minute)
# make notebooks runs the sources of the notebooks and writes these with their outputs (a minute)
# make bench   the measured figures of the README, one JSON line appended to reports/bench/
# make clean   removes what the others made

# The first Python found that is new enough; set PYTHON=... to choose another.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DRILL := scenarios/drills/lose-primary-region.yaml
SMALL := scenarios/gate/orders.yaml
JOBS ?= 2

.PHONY: demo test lint oracle fuzz pause large study growth notebooks bench clean

# Exit 1 says that the drill missed an objective. That is its result, not a failure of the demo. A small store comes
# first: it needs half of the kernels, so on a new machine its result is there while the others are not yet compiled.
demo: $(VENV)/.installed
	@$(BIN)/sim run $(SMALL) --quiet || test $$? -eq 1
	@$(BIN)/sim run $(DRILL) || test $$? -eq 1

# One small run first: the kernels are compiled once, not by every worker at the same time. Work is stolen, since the
# planted bugs, each a process, would all fall to one worker.
test: lint $(VENV)/.browser
	@$(BIN)/sim run scenarios/failover/split-brain.yaml --quiet --out build/warm >/dev/null || test $$? -eq 1
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check sim tests benchmarks notebooks
	$(BIN)/lint-imports
	$(BIN)/mypy

# The first number of the cases; SIM_ORACLE_FIRST=2026113000000 runs those of another day again.
SIM_ORACLE_FIRST ?= $(shell date +%Y%m%d)00000
SIM_ORACLE_CASES ?= 10000
SIM_ORACLE_PATHS ?= 5000
oracle: export SIM_ORACLE_FIRST := $(SIM_ORACLE_FIRST)
oracle: export SIM_ORACLE_CASES := $(SIM_ORACLE_CASES)
oracle: export SIM_ORACLE_PATHS := $(SIM_ORACLE_PATHS)
oracle: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests/oracle

fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m tests.fuzz

# As the demo: it misses an objective, and should.
pause: $(VENV)/.installed
	@$(BIN)/sim run scenarios/lag/object-sync-pause-12h.yaml || test $$? -eq 1

large: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m large tests/limits

study: $(VENV)/.installed-dev
	$(BIN)/sim check scenarios/gate
	$(BIN)/python -m pytest tests/study tests/plugin tests/unit/study tests/unit/stats

growth: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks growth

notebooks: $(VENV)/.installed-dev
	$(BIN)/python -m notebooks.make

bench: $(VENV)/.installed-dev
	$(PIP) install --editable '.[bench]' || echo "the peer Cimba is not to be had here: its ratio is left out" >&2
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.page

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; set PYTHON=/path/to/it" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.installed

# Pages are opened in a Chromium: the machine's, else one of the distribution's where we may install, else one that
# playwright fetches into the user's cache. Without any their tests are skipped.
$(VENV)/.browser: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.page.chromium
	@touch $@
