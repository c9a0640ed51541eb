.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/sh
BIN := .venv/bin
UV := uv==0.13.9
FITS := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' >/dev/null 2>&1 && echo $$p && break; done)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE  # hundreds of processes would compile all of it again each time
PIP_INSTALL := $(BIN)/python -m pip install --quiet

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

run: .venv/ready ## show a populated demonstration on http://127.0.0.1:8000 (or the next free port)
	@$(BIN)/sla demo

# Two workers more than there are cores: many a test waits for a process, a browser or a database.
test: lint types imports ## check style, types and import rules, then run the whole test suite
	@$(BIN)/python -m pytest -n $$($(BIN)/python -c 'import os; print(os.cpu_count() + 2)') --dist worksteal

lint: .venv/ready-dev ## check style and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: .venv/ready-dev ## check types
	@$(BIN)/mypy

imports: .venv/ready-dev ## check who may import whom
	@$(BIN)/lint-imports --no-logo

bench: .venv/ready-dev ## measure how fast it is, print the figures, and look at the plans with a million alarms
	@SLA_PLANS_FULL=1 $(BIN)/python -m pytest tests/store/test_plans.py
	@$(BIN)/python -m tests.bench

load: .venv/ready-dev ## ask for fifty pages a second of a server on PostgreSQL, with `hey`, and write docs/load.md
	@$(BIN)/python -m tests.bench.load

crash: .venv/ready-dev ## kill it at every step that matters, the long way
	@SLA_CRASH_FULL=1 $(BIN)/python -m pytest tests/crash

fuzz: .venv/ready-dev ## send the pages and the API whatever nobody's browser or program sends, the long way
	@SLA_FUZZ_FULL=1 $(BIN)/python -m pytest tests/access/test_fuzzed.py tests/api/test_fuzz.py

mutants: .venv/ready-dev ## break what has to be right to the day, one spot at a time, and see a test fail each time
	@$(BIN)/python -m tests.mutants

plays: .venv/ready-dev ## play four stories in a browser in both languages and sizes, with scripts and without; see every page
	@SLA_PLAYS_FULL=1 $(BIN)/python -m pytest tests/browser/test_plays.py tests/browser/test_every_page.py

exhaustive: .venv/ready-dev ## count deadlines again with a walk that shares no code with the engine, and live a whole year
	@SLA_EXHAUSTIVE_FULL=1 $(BIN)/python -m pytest tests/exhaustive tests/scenarios/test_window_year.py

wheelhouse: .venv/ready ## pack all that an office server without internet is installed from, into dist/ (docs/install.md)
	@$(BIN)/python -m tests.release.wheelhouse $(if $(FOR_PYTHON),--python $(FOR_PYTHON)) \
		$(if $(FOR_MACHINE),--machine $(FOR_MACHINE)) $(if $(WITH),--with $(WITH))

install-check: .venv/ready-dev ## pack it, install it without a network, upgrade from the last release, and go back
	@SLA_INSTALL_FULL=1 $(BIN)/python -m pytest tests/release

lock: pyproject.toml ## renew both lock files (needs the package index)
	@$(require-python)
	@$(PYTHON) -m venv --clear .venv-lock
	@.venv-lock/bin/python -m pip install --quiet '$(UV)'
	@$(COMPILE) --group build --output-file requirements.lock
	@$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove .venv, what was built, and caches
	@rm -rf .venv .venv-lock build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find sla schedules notifiers tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The marker is touched last: a set-up that failed leaves none, and the next one starts afresh.
.venv/ready: requirements.lock pyproject.toml
	@$(require-python)
	@echo "setting up .venv with $(PYTHON) ..."
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(PIP_INSTALL) --require-hashes --requirement requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	@echo "adding the tools for checks and tests ..."
	@$(PIP_INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@

COMPILE = .venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' pyproject.toml

define require-python
'$(or $(PYTHON),false)' -c '$(FITS)' 2>/dev/null || { \
	echo "Python 3.11 or later with venv and ensurepip is needed; found: $$('$(or $(PYTHON),python3)' --version 2>/dev/null || echo none)." \
	"Debian and Ubuntu: apt install python3-venv. Elsewhere: make PYTHON=/path/to/python3.11" >&2; exit 2; }
endef

.PHONY: help run test lint types imports bench load crash fuzz plays exhaustive mutants wheelhouse install-check lock clean
