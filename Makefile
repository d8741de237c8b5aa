# make run: the whole pool with demo data.  make test: every check.  All are safe to repeat.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
# two processes, each with servers of its own; a file of tests stays in one
TOGETHER := --numprocesses 2 --dist loadscope --no-loadscope-reorder

.PHONY: security words help setup run test check lint contracts types browser proof days clean

help:
	@echo "make run    install, start everything, load the demo pool, serve it"
	@echo "make test   lint, import contracts, types, every test"
	@echo "make check  the quick part of it: no servers are started"
	@echo "make proof  the long versions of the tests"
	@echo "make days   the tests that know what day it is, on other days"
	@echo "make setup  install into .venv    make clean  remove what make made (no data)"

setup: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt Makefile
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install Python 3.11 or newer, or name one: make PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old: Python 3.11 or newer is needed, e.g. make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) can't make virtual environments: install its venv package (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 2; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(INSTALLED)

run: setup
	@exec $(BIN)/brokerpool serve --demo

test: lint contracts types browser
	$(BIN)/pytest -q $(TOGETHER) --junitxml=build/tests.xml

check: lint contracts types
	$(BIN)/pytest -q tests/unit tests/architecture

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

contracts: setup
	PYTHONPATH=. $(BIN)/lint-imports

types: setup
	$(BIN)/mypy

proof: setup browser
	BROKERPOOL_PROOF=1 $(BIN)/pytest -q $(TOGETHER)

# on a shifted clock; without libfaketime it says so and does nothing
days: setup
	$(BIN)/python -m tests.shifted

# Journeys are done in Chromium: by the system's package manager where we may, else with a word.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	install="apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium"; \
	if ! command -v apt-get >/dev/null; then echo "The browser tests need Chromium: install it, then run make test again." >&2; exit 2; fi; \
	if [ "$$(id -u)" = 0 ]; then sh -c "$$install"; elif sudo -n true 2>/dev/null; then sudo sh -c "$$install"; \
	else echo "The browser tests need Chromium: sudo apt-get install chromium, then run make test again." >&2; exit 2; fi

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "The data stays: .brokerpool"

# docs/security.md from asvs.yml
security: setup
	$(BIN)/python -m tests.architecture.asvs

# Texts of code and templates into the catalogues; a refusal's sentence is the first thing its class says.
words: setup
	@mkdir -p build
	$(BIN)/pybabel extract -F pyproject.toml -k lazy_gettext -k lazy_pgettext:1c,2 -k _p:1c,2 -k __init__ -k Refused -k NotFound -k Invalid -k Forbidden -w 100 --no-location --sort-output --project brokerpool --version 0.1.0 -o build/messages.pot admin_module pool_module portal_extranet portal_intranet shared
	for language in de uk en; do $(BIN)/pybabel update -i build/messages.pot -d translations -l $$language -w 100 --no-fuzzy-matching --ignore-pot-creation-date; done
	$(BIN)/pybabel compile -d translations
