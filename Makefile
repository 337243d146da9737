.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
export LITELLM_LOCAL_MODEL_COST_MAP := True

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "usersim-opt needs Python 3.11 or newer, found " + sys.version.split()[0])'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "installing into $(VENV), once; this takes a minute or two" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt pip setuptools
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

.PHONY: setup demo test lint lint-data calibrate guard universal-guards notebooks api lock clean help
setup: $(STAMP) ## create .venv with the pinned packages
demo: $(STAMP)  ## tune a prompt on the airline scenarios with offline stand-in models
	@$(BIN)/python programs/optimize.py --max-calls 3000 --seed 2 --out optimized/demo.txt --force
# a process that was ended because a test hangs in it would be begun anew with the same file; files
# in their own order, as those of one long test would else be begun last and leave a process idle
test: $(STAMP)  ## all tests; no network, no model server
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0
lint: $(STAMP)  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
lint-data: $(STAMP)  ## look for faults in the airline data set, advice included, and print its counts
	@$(BIN)/python programs/lint_dataset.py datasets/airline --strict --min-scenarios-per-dimension 8 --min-criteria 611 --min-check-share 0.9
calibrate: $(STAMP)  ## how often the stand-in judge is right on the labelled examples
	@$(BIN)/python programs/calibrate_judge.py datasets/airline
guard: $(STAMP)  ## how often the guard is right on a corpus of contaminated and clean candidates
	@$(BIN)/python benchmarks/measure_guard.py tests/corpus/guard.yaml
universal-guards: $(STAMP)  ## how often the universal guards are right on faulty and clean replies
	@$(BIN)/python benchmarks/measure_universal_guards.py tests/corpus/universal_guards.yaml

notebooks: $(STAMP) ## execute the notebooks with the stand-ins and write docs/notebooks
	@$(BIN)/python benchmarks/render_notebooks.py
api: $(STAMP)   ## write the reference of all public names to build/api
	@$(BIN)/python benchmarks/render_api.py
lock: $(STAMP)  ## rewrite constraints.txt from what is installed
	@$(BIN)/python -m pip freeze --all --exclude-editable > constraints.tmp && mv constraints.tmp constraints.txt
clean:          ## remove .venv and the caches
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
help:           ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 18
