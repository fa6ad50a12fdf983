# make demo    set up, then coach a simulated athlete for a minute, or the person in VIDEO=FILE
# make test    set up, then run all checks and tests
VIDEO ?=
BIN := .venv/bin

.PHONY: demo test lint format setup clean distclean

demo: setup
	@$(BIN)/sportcoach run $(if $(VIDEO),--source video --video "$(VIDEO)",--source sim)

test: lint
	@$(BIN)/python -m pytest

lint: setup
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy

format: setup
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

setup:
	@tools/setup.sh

clean:  # what was built; the next set-up builds it again
	rm -rf build install log .venv/.setup/workspace .pytest_cache .mypy_cache .ruff_cache .hypothesis

distclean: clean  # ... and what was downloaded
	rm -rf .venv models
