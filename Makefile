# Civitas Digitalis. `make help` lists what can be done; everything else follows from the files that changed.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2

# What was compiled is kept, whatever the machine's own habit: each server, command and worker of a run would compile the house anew.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
# npm comes with the Node wheel; it looks for node on the path.
# A network with a certificate authority of its own is common in administrations: Node trusts what the system trusts.
NPM := NODE_USE_SYSTEM_CA=1 PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm --prefix frontend

FRONT_FILES := $(wildcard frontend/*.json frontend/*.ts frontend/*.js) $(shell find frontend/src frontend/public -type f 2>/dev/null)
CATALOGUES := $(shell find src/civitas -path '*/LC_MESSAGES/django.po' 2>/dev/null)

.PHONY: help
help: ## list what can be done
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

.PHONY: demo
demo: base ## set everything up and serve two demo cities (HOST, PORT)
	@HOST="$(HOST)" PORT="$(PORT)" $(BIN)/civitas demo

.PHONY: dev
dev: base ## serve and start again whenever a file changes (HOST, PORT)
	@$(NPM) run --silent dev >build/front.log 2>&1 & watch=$$!; trap 'kill $$watch 2>/dev/null || true' EXIT INT TERM; \
	HOST="$(HOST)" PORT="$(PORT)" DEBUG=1 $(BIN)/civitas demo --reload

.PHONY: test
test: tools chromium ## run all tests on SQLite, browser tests included (ARGS for pytest)
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

.PHONY: test-postgres
test-postgres: tools chromium ## run those that touch the database on an embedded PostgreSQL
	@$(PY) scripts/run_with_postgres.py $(PY) -m pytest -n $(WORKERS) $(ARGS)

.PHONY: lint lint-types lint-rest
lint: lint-rest lint-types ## ruff, mypy, import contracts, templates, TypeScript
lint-types: tools
	@$(BIN)/mypy
lint-rest: tools
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/djlint src --lint --quiet
	@$(NPM) run --silent check

.PHONY: format
format: .venv/.dev ## lay out the code and mend what linters can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

.PHONY: bench
bench: tools ## measure the pages at 1,000, 10,000 and 100,000 contributions, explore up to 1,000,000, the team's desk, the circle, 100,000 rows in and out, the doors under attack and 10,000 digests (ARGS, EXPLORE_ARGS, CITY_ARGS, CIRCLE_ARGS, EXCHANGE_ARGS, DOORS_ARGS)
	@$(PY) -m bench.pages $(ARGS)
	@$(PY) -m bench.explore $(EXPLORE_ARGS)
	@$(PY) -m bench.desk $(CITY_ARGS)
	@$(PY) -m bench.circle $(CIRCLE_ARGS)
	@$(PY) -m bench.exchange $(EXCHANGE_ARGS)
	@$(PY) -m bench.doors $(DOORS_ARGS)

.PHONY: bench-boards
bench-boards: tools ## measure live boards over real sockets: people, boards, processes, kills, size (BOARDS_ARGS)
	@$(PY) -m bench.boards $(BOARDS_ARGS)

.PHONY: messages
messages: .venv/.dev ## bring the catalogues up to date with the code, and compile them
	@$(PY) scripts/messages.py extract
	@$(PY) scripts/messages.py compile

.PHONY: front
front: build/front.stamp ## build scripts and styles

.PHONY: chromium
chromium: # the browser of the tests
	@sh scripts/ensure_chromium.sh

.PHONY: lock
lock: .venv/.dev ## resolve the requirements anew and write the locks
	@$(PY) scripts/lock_requirements.py

.PHONY: clean
clean: ## remove what was built and installed; the data in var/ stays
	rm -rf .venv build frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.PHONY: base tools
base: .venv/.base build/front.stamp build/messages.stamp
tools: .venv/.dev build/front.stamp build/messages.stamp

.venv/bin/python:
	@sh scripts/make_environment.sh

.venv/.base: requirements/base.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the house needs (about a minute, once)"
	@$(PIP) install --quiet --require-hashes -r requirements/base.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.base
	@echo "Installing what tests and linters need (about a minute, once)"
	@$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

frontend/node_modules/.stamp: frontend/package-lock.json | .venv/.base
	@echo "Installing the front end's packages"
	@$(NPM) ci --loglevel=error --no-audit --no-fund --ignore-scripts
	@touch $@

build/front.stamp: frontend/node_modules/.stamp $(FRONT_FILES)
	@echo "Building scripts and styles"
	@mkdir -p build
	@$(NPM) run --silent build >build/front.log 2>&1 || { cat build/front.log; exit 1; }
	@$(PY) -m whitenoise.compress --quiet src/civitas/kit/static/kit
	@touch $@

build/messages.stamp: $(CATALOGUES) scripts/messages.py .venv/.base
	@$(PY) scripts/messages.py compile
	@mkdir -p build
	@touch $@
