# Every command a person needs. `make` alone prints this list.

PYTHON ?= /usr/bin/python3
BIN := .venv/bin
BOOTSTRAP := $(PYTHON) .ci/bootstrap.py
PYTEST := $(BIN)/pytest -n logical --dist worksteal

# Compiled once, not by every process of the tests and every command, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup run test inner sure fix format lint types contracts bench migration lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what uv.lock says into .venv; nothing to do, nothing done
	@$(BOOTSTRAP)

run: setup ## start Ratchet with its demo on http://127.0.0.1:8000
	@$(BIN)/flask --app wsgi run-demo

test: ## every test, on SQLite and on PostgreSQL
	@$(BOOTSTRAP) local-slack
	$(PYTEST)

inner: setup ## the quick tests, on SQLite: the domain and the steps; without Hypothesis
	$(PYTEST) tests/unit tests/workflow -k "not postgresql" -m "not hypothesis"

sure: format lint types contracts test ## the one ritual before a commit: format, lint, types, contracts, tests

fix: setup ## put the code in form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

bench: setup ## measure, and compare with the figures that are promised
	$(BIN)/python -m bench

migration: setup ## write a migration from what the models have gained: make migration m="a practice has a level"
	$(BIN)/python -m app.migrate "$(m)"

lock: ## renew uv.lock after a change of pyproject.toml, and install it
	@$(BOOTSTRAP) lock

clean: ## remove what can be made again; the database under var/ stays
	rm -rf .venv var/tools .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
