# Two commands do everything on a fresh machine with Python 3.11 or later and make: `make demo` and `make test`.
PYTHON ?= python3
UV = env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never .venv/bin/uv
# Many short processes are started here: each would compile what it imports anew, for a second and a half.
unexport PYTHONDONTWRITEBYTECODE
PROJECTS = pyproject.toml $(wildcard core/pyproject.toml feed/pyproject.toml receiver/pyproject.toml plugins/*/pyproject.toml)

.PHONY: help install demo test test-slow test-long test-thresholds check contract feed format conformance bench bench-rules bench-arbor bench-sims bench-csv bench-receiver clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

install: .venv/.synced ## everything, into .venv

demo: .venv/.synced ## a whole run, on made-up schools
	.venv/bin/rollbook demo

test: .venv/.synced ## the tests; three side by side, for many wait where two processors would be idle
	.venv/bin/pytest -q -n 3 --dist worksteal

test-slow: .venv/.synced ## the tests that take longer
	.venv/bin/pytest -q -n 2 -m slow --ignore=tests/rules/thresholds

test-long: .venv/.synced ## the contract's whole run again for each further form of file: before a release, not in CI
	.venv/bin/pytest -q -n 2 -m long

test-thresholds: .venv/.synced ## move every value of the law and every code by one, and show which test sees it
	POLARS_MAX_THREADS=1 .venv/bin/pytest -q -n 2 -m slow tests/rules/thresholds

check: .venv/.synced ## lint, types, import direction
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

contract: .venv/.synced ## write down the contract for plugins as the code has it
	PYTHONPATH=tests .venv/bin/python -m support.contract_pages

feed: .venv/.synced ## write down the open feed as its schemas have it
	.venv/bin/python -m rollbook_feed.publish docs/feed

format: .venv/.synced ## put the code in the project's form
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

PLUGINS = arbor csv la_portal sims wonde
conformance: .venv/.synced ## every check of the contract on each plugin of ours; what came of it is kept beside the plugin
	for name in $(PLUGINS); do \
		.venv/bin/pytest -q -n 2 -m "" tests/plugins/$$name/test_*_conformance.py \
			--conformance-result plugins/$$name/src/rollbook_$$name || exit 1; \
	done

bench: .venv/.synced ## how long the command line takes to answer
	.venv/bin/python bench/start_up.py

# pyarrow only here, and beside .venv: the promise is a ratio to its scan of the marks.
MARKS = 10
bench-rules: .venv/.synced ## how long the rules take on MARKS million marks (MARKS=98: an authority's school year)
	$(UV) run -q --no-sync --with pyarrow python bench/rules.py --marks $(MARKS)

bench-arbor: .venv/.synced ## how long it takes to decode a page of Arbor's marks
	.venv/bin/python bench/arbor.py

bench-sims: .venv/.synced ## how long it takes to read a school year of SIMS's marks
	.venv/bin/python bench/sims.py

ROWS = 2
bench-csv: .venv/.synced ## how long it takes to read ROWS million rows of a CSV file of marks
	.venv/bin/python bench/csv_files.py --rows $(ROWS)

bench-receiver: .venv/.synced ## how many messages a second the authority's end takes, each on disk before its answer
	.venv/bin/python bench/receiver.py

clean: ## remove what make made
	rm -rf .venv

.venv/.synced: $(PROJECTS)
	test -x .venv/bin/uv || { $(PYTHON) -m venv .venv && .venv/bin/pip install -q uv; }
	@echo "Installing into .venv: a minute or two, the first time"
	$(UV) sync -q --all-packages --compile-bytecode
	touch $@
