# Everything a newcomer needs: `make run` and `make test` set themselves up on a machine that has Python 3.11 or
# newer with venv, make and git. ARGS passes arguments on: make run ARGS="chat --speed 60", make test ARGS="-k goal".

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SOURCES := bot engine handlers storage tests $(wildcard benchmarks)
# How hard the long tests try; CI bounds it.
ROUNDS ?= 50

.PHONY: run test check test-long bench bench-peers format clean
.DEFAULT_GOAL := run

run: $(READY)
	@$(BIN)/milepost $(ARGS)

test: check
	$(BIN)/pytest -n auto --dist worksteal -m "not long" $(ARGS)

check: $(READY)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

test-long: $(READY)
	MILEPOST_TEST_ROUNDS=$(ROUNDS) $(BIN)/pytest -n auto --dist worksteal -m "long or hypothesis" $(ARGS)

# Each module is compiled once, and not again by each process that a test starts.
test test-long bench: export PYTHONDONTWRITEBYTECODE :=

bench: $(READY)
	@$(BIN)/python -m benchmarks $(ARGS)

bench-peers: $(READY)
	@$(BIN)/python -m benchmarks --peers $(ARGS)

format: $(READY)
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

# Built once, again when the dependencies change. It speaks on stderr, so that `make run` can be piped.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "milepost needs Python 3.11 or newer; name one with PYTHON=…" >&2; exit 1; }
	@echo "setting up .venv (once, about a minute)" >&2
	@$(PYTHON) -m venv .venv >&2 || { echo "the venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]' >&2
	@touch $@
