# Two commands: `make repro` runs the pipeline, `make test` runs the tests. Both set up what they need.
SHELL      := /bin/bash
PYTHON     ?= python3
UV_VERSION := 0.13.9
VENV       := .venv
BIN        := $(CURDIR)/$(VENV)/bin
UV         := $(CURDIR)/.uv/bin/uv
READY      := $(VENV)/.ready

# The environment of this folder and no other; compiled bytecode, or every stage pays seconds for its imports.
export PATH := $(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help setup repro repro-complete-journey test test-all lint check-lock format docs lock ui clean

help:  ## Show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-24s %s\n", $$1, $$2}'

setup: $(READY)  ## Build the environment from the lock file

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Say: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv .uv || { echo "Python's venv module is needed: apt-get install python3-venv"; rm -rf .uv; exit 2; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(READY): requirements.lock pyproject.toml | $(UV)
	@[ -x $(BIN)/python ] || $(UV) venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
	$(UV) pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

repro: $(READY)  ## Run the pipeline: from the order log to scored segments
	@python -m pipeline.params && dvc repro
	@churn tracked || dvc repro --quiet --single-item --force track
	@churn summary

repro-complete-journey: $(READY)  ## The same pipeline on the Complete Journey grocery log, as an experiment
	@name=complete-journey-$$(date +%Y%m%d-%H%M%S) && \
	  sed '/^#/d; s/^/--set-param=/' docs/profiles/complete-journey.params | tr '\n' '\0' | \
	  xargs -0 dvc exp run --temp --name $$name && \
	  echo "Compare: dvc exp show --only-changed   Look inside: dvc exp apply $$name && make repro"

test: $(READY)  ## Lint, types, import rules and the tests
	@$(MAKE) --no-print-directory lint
	@pytest -n 2 -m "not slow"

test-all: $(READY)  ## Everything, the slow proofs too
	@$(MAKE) --no-print-directory lint
	@pytest -n 2

lint: $(READY)
	@ruff check . && ruff format --check . && mypy && lint-imports --no-cache

check-lock: $(READY)  ## Is dvc.lock up to date with code and parameters? (seconds, needs no data)
	@found=$$(dvc repro --dry --allow-missing 2>&1) && ! grep -q "Running stage" <<<"$$found" || \
	  { echo "$$found"; echo "dvc.lock is behind the code or the parameters: run 'make repro' and commit it"; exit 1; }

format: $(READY)  ## Format the code
	@ruff check --fix-only --quiet . ; ruff format --quiet .

docs: $(READY)  ## Write docs/tables.md and docs/features.md anew from the code
	@python -m pipeline.tables.contracts
	@python -m pipeline.features

lock: $(UV)  ## Resolve the dependencies anew into requirements.lock
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --fork-strategy fewest \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade --quiet -o requirements.lock

ui: $(READY)  ## Open the MLflow pages of all runs
	mlflow ui --backend-store-uri $${MLFLOW_TRACKING_URI:-sqlite:///$(CURDIR)/mlflow.db}

clean:  ## Remove the environment (data, models and caches stay)
	rm -rf $(VENV) .uv
