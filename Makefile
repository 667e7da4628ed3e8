# `make` alone lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

run: $(VENV)/run.stamp  ## install, create the database with the demo, serve at http://127.0.0.1:8000
	@$(BIN)/lms run --demo

# Beside each other: types are checked on one core only, and browsers are waited for.
test: $(VENV)/test.stamp  ## everything CI runs: style, types, tests on SQLite, PostgreSQL and Chromium
	@$(MAKE) --no-print-directory -j 2 lint pytest

test-full:  ## the long load and fault runs as well
	@$(MAKE) --no-print-directory pytest ARGS="--full $(ARGS)"

pytest: $(VENV)/test.stamp
	@$(BIN)/python scripts/ensure_browser.py
	@$(BIN)/python scripts/with_postgres.py -- $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: $(VENV)/test.stamp  ## style, types, import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/test.stamp  ## requests per second beside a bare Flask page, as ratios
	@$(BIN)/python -m bench

messages: $(VENV)/test.stamp  ## update and compile the message catalogues
	@$(BIN)/python scripts/messages.py

screenshots: $(VENV)/test.stamp  ## the README's pictures, taken anew
	@$(BIN)/python scripts/ensure_browser.py
	@$(BIN)/python scripts/screenshots.py

locks:  ## pin the dependencies anew (needs uv)
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
	@uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements-test.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing (first run only) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(BIN)/python -m compileall -q lms migrations
	@touch $@

$(VENV)/test.stamp: requirements-test.lock $(VENV)/run.stamp
	@echo "Installing what the tests need (first run only) …"
	@$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

.PHONY: help run test test-full pytest lint bench messages screenshots locks
