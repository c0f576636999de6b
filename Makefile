# The project's few commands; people and CI run the same ones. `make help` lists them.
# Everything lives in .venv. A stamp file in it is older than its lock file exactly when an install is due.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# What is imported once need not be compiled again by every process that tests and commands start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo run test check fix bench trace pictures lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

$(BIN)/uv:
	@$(PYTHON) -m venv $(VENV) || { echo "This python3 has no venv. Install it first; on Debian: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/run: requirements.lock pyproject.toml | $(BIN)/uv
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.lock
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/bench: $(VENV)/dev requirements-bench.lock
	@$(INSTALL) --require-hashes -r requirements-bench.lock
	@touch $@

lock: $(BIN)/uv ## renew the hashed lists of what is installed, after a change of pyproject.toml
	@$(COMPILE) pyproject.toml --extra scale --group build -o requirements.lock
	@$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock
	@$(COMPILE) --group bench -c requirements.lock -c requirements-dev.lock -o requirements-bench.lock

demo: $(VENV)/run ## a running site with a believable partner's data, at 127.0.0.1:8000
	@$(BIN)/goodstanding demo --port $(or $(PORT),8000)

run: $(VENV)/run ## the site over your own data
	@$(BIN)/goodstanding serve --port $(or $(PORT),8000)

# Files stay together, and so do the tests of the browser (tests/conftest.py).
SPREAD := -n 2 --dist loadgroup

# The first run takes its tables from the models, the second by the migrations; `make check` holds the two together.
test: $(VENV)/dev ## every test: SQLite, PostgreSQL and the browser
	@$(BIN)/python -m pytest -q $(SPREAD) --no-migrations
	@$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -q $(SPREAD) -m django_db tests/apps tests/flows tests/delivery

check: $(VENV)/dev ## lint, types, architecture and migrations
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@DJANGO_SETTINGS_MODULE=goodstanding.config.settings $(BIN)/python -m django makemigrations --check --dry-run

fix: $(VENV)/dev ## what can be put right by itself
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(VENV)/bench ## measured ratios against named peers and limits
	@$(BIN)/python -m bench

trace: $(VENV)/dev ## which acceptance ids the tests prove
	@$(BIN)/python -m tests.trace

pictures: $(VENV)/dev ## renew the pictures of the README
	@GOODSTANDING_PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/browser/test_pictures.py

clean: ## remove what was installed and made
	@rm -rf $(VENV) var build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
