# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup run test lint format check lock bench
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## make .venv with the locked dependencies and the project in it

# Standard input is left alone, so that a conversation can be piped into `make run`.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Ask First needs Python 3.11 or newer; set PYTHON to one, for example: make run PYTHON=python3.12" >&2; exit 2; }
	@echo "Setting up (the first time only) ..." >&2
	@$(PYTHON) -m venv $(VENV) </dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock </dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . </dev/null
	@touch $(READY)

run: setup ## run the bot: on Telegram if TELEGRAM_BOT_TOKEN is set, otherwise in this terminal
	@$(BIN)/askfirst run

test: setup ## run every test that this machine can run
	@$(BIN)/python -m pytest

lint: setup ## style, types, and the bot's own check of flows, translations and data
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/askfirst check

format: setup ## put the code into the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# LOCK_OPTIONS=--upgrade takes the newest versions; without it, only what changed in pyproject.toml changes. Extras are
# kept in the lock, because older versions of pip look for the package by its full name.
lock: setup ## resolve the dependencies again into requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links --no-strip-extras --all-extras $(LOCK_OPTIONS) pyproject.toml -o requirements.lock

bench: setup ## measure the postcode index beside other ways of keeping it
	@$(BIN)/python benchmarks/postcodes.py
