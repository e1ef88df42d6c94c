# `make start` opens the course; `make test` runs every test. Both make what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: start trainer test check lint clean
.DELETE_ON_ERROR:

start: $(VENV)/installed
	$(BIN)/ccjobs start

trainer: $(VENV)/installed
	$(BIN)/ccjobs trainer

test: $(VENV)/installed-dev
	$(BIN)/pytest -n 2 --dist loadgroup

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: $(VENV)/installed
	$(BIN)/ccjobs check
	$(BIN)/ccjobs build --check

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what the course needs (a few minutes the first time) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing what the tests need ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "ccjobs needs Python 3.11 or newer. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python cannot make a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }

clean:
	rm -rf $(VENV)
