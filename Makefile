# For contributors. Running and testing the portal need no make: `python3 manage.py demo`, `python3 manage.py test`.
PYTHON := .venv/bin/python
BIN := .venv/bin
SOURCES := manage.py conftest.py kvk2 ikc subsidies agreements monitoring frontend bench

.PHONY: check fix bench requirements environment

check: environment ## everything that a machine can judge without running the tests
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/djlint --quiet --check templates
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports --no-logo
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py workflows --check

fix: environment ## put right what a machine can put right
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)
	-$(BIN)/djlint --quiet --reformat templates
	$(PYTHON) manage.py workflows

bench: environment ## measure the pages against the goals
	$(PYTHON) manage.py bench

requirements: environment ## pin what requirements*.in ask for
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt

environment:
	@python3 manage.py install
