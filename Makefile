# `make conform` certifies the reference portal; `make test` runs our own tests. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

# Hundreds of processes are started: without kept bytecode each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help env conform test check load kills serve explore bite bitten steady bench docs deviations signedfiles clean

help:
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

env: $(DEV) ## make .venv with everything

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV): $(RUNTIME)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .[dev]
	@touch $@

conform: $(RUNTIME) ## simulators and reference portal up, suite run, report in results/
	$(BIN)/python -m pytest conformance/ -n 2

test: $(DEV) ## our own tests
	$(BIN)/python -m pytest -n 2

check: $(DEV) ## ruff, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

load: $(RUNTIME) ## one journey, 20 users, 60 s, then the audit
	$(BIN)/python -m loadtests run

kills: $(RUNTIME) ## simulators and portal killed 16 times under load; nothing acknowledged may be lost
	$(BIN)/python -m loadtests kills

serve: $(RUNTIME) ## the simulators, for a portal of your own
	$(BIN)/python -m simulators serve --port 8400 --data .hopchuan

explore: $(DEV) ## chance walks on the reference portal against a small model; what is found is a short story
	$(BIN)/python -m conformance.exploration

bite: $(RUNTIME) ## every flawed portal against every check; rewrites docs/kill-matrix.md
	$(BIN)/python -m conformance.bite

steady: $(RUNTIME) ## 20 seeds, checks in random order, two CPU burners: no verdict may change
	$(BIN)/python -m conformance.steadiness

bitten: $(RUNTIME) ## the kill matrix's rows that changed, and a tenth of the others
	$(BIN)/python -m conformance.bite --changed

bench: $(RUNTIME) ## what the simulators cost, as ratios; rewrites benchmarks/results.md
	$(BIN)/python -m benchmarks

docs: $(DEV) ## generated docs, anew
	$(BIN)/python -m conformance.catalogue
	$(BIN)/python -m simulators docs > docs/providers.md

deviations: $(DEV) ## foreign login clients against every deviation; rewrites docs/login-deviations.md
	$(BIN)/python -m tests.interop.oidc

signedfiles: $(DEV) ## every judge of signatures against every file of the corpus; rewrites docs/signed-files.md
	$(BIN)/python -m tests.interop.signed_files

clean: ## .venv and results away
	rm -rf $(VENV) results
