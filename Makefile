# Python 3.11 or newer and make are all that is needed; everything else goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup programs demo test check reference bench clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
STAMP_DEMO := $(VENV)/.installed-demo
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
DEMO := demo

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(STAMP) ## the environment in .venv (the other targets do this themselves)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found; install it or say: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "This Python cannot make environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

# `--editable`, so that the stamp stays good while the code changes; only pyproject.toml makes it stale.
$(STAMP): pyproject.toml | $(BIN)/python
	@echo "Installing everything for development into $(VENV): the first time some 900 MB are fetched, which takes minutes."
	@rm -f $@; { $(PIP) install --editable '.[dev]' && touch $@ $(STAMP_DEMO); } | $(PIP_SAYS); test -e $@

# The demo needs neither Spark nor the tools of the tests.
$(STAMP_DEMO): pyproject.toml | $(BIN)/python
	@echo "Installing Regulars into $(VENV): the first time some 250 MB are fetched, which takes a minute or two."
	@rm -f $@; { $(PIP) install --editable '.[platform]' && touch $@; } | $(PIP_SAYS); test -e $@

PIP = $(BIN)/python -m pip --disable-pip-version-check
PIP_SAYS := sed -n 's/^Collecting \([^ ]*\).*/  \1/p'  # what is fetched, a line each; faults go to stderr by themselves

programs:
	@tools/programs

demo: $(STAMP_DEMO) ## import, figures and report on the demo shops, and the platform with one of them; says what to open
	$(BIN)/regulars demo --output $(DEMO) --platform

test: $(STAMP) programs ## all tests; those of the platform once on SQLite, once on PostgreSQL
ifdef ARGS
	@. tools/java-home && $(BIN)/python -m pytest $(ARGS)
else
# All three, whatever the first one finds.
	@failed=0; . tools/java-home && \
	  $(BIN)/python -m pytest tests --ignore=tests/platform -n 2 --dist loadfile || failed=1; \
	  $(BIN)/python -m pytest tests/platform -n 2 --dist loadfile || failed=1; \
	  $(BIN)/python tools/on_postgresql.py -n 2 --dist loadfile || failed=1; exit $$failed
endif

check: $(STAMP) ## what is checked and is no test: style, types, arrows, freshness of the reference
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/reference.py --check

reference: $(STAMP) ## write docs/reference and docs/figures.md anew from the code
	$(BIN)/python tools/reference.py
	cd tests && ../$(BIN)/python -m spec.reference

bench: $(STAMP) ## the benchmarks: data is generated, peers run beside us; takes a while
	$(BIN)/python -m benchmarks

clean: ## remove what the other targets made, the environment too
	test ! -x $(BIN)/regulars || $(BIN)/regulars down --home $(DEMO)/site
	rm -rf $(VENV) $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
