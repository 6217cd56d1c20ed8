# Everything runs from .venv, which is made from requirements.txt by the first command that needs it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PORT ?= 8000
JOURNEYS_IN ?= postgresql://postgres@127.0.0.1:5432
BROKERS ?= amqp://guest:guest@127.0.0.1:5672// redis://127.0.0.1:6379/13
SERVER ?= postgresql://postgres@127.0.0.1:5432/outsourcing_$(shell echo $$$$)
export PYTHONDONTWRITEBYTECODE ?=
# Our own settings of pip's: no index of somebody's machine decides what is installed; the hashes do.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet

.PHONY: help setup demo demo-reset test test-server verify lint types layers migrations deploy-check bench load pictures chaos prove journeys-on-servers lock format

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/ready  ## the environment, and no more

.venv/ready: requirements.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python3."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv."; exit 1; }
	@test ! -L .venv || { echo ".venv is a link: run make setup in the folder that it leads to, which this would empty."; exit 1; }
	@echo "Setting up .venv (once)"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --only-binary :all: --require-hashes -r requirements.txt
	@touch $@

demo: setup  ## start everything on http://localhost:8000 (another port: PORT=8001)
	@OUTSOURCING_ENV=demo $(BIN)/python manage.py demo --port="$(PORT)"

demo-reset: setup  ## throw the demo's data away
	@OUTSOURCING_ENV=demo $(BIN)/python manage.py demo --reset

test: setup  ## the whole suite
	@$(BIN)/python -m pytest -n auto

verify: lint types layers migrations deploy-check test test-server  ## what CI runs

# Everything that locks, races or searches runs again on a PostgreSQL server, where one is up.
test-server: setup
	@if $(BIN)/python -c 'import psycopg2; psycopg2.connect("$(SERVER)", dbname="postgres")' 2>/dev/null; \
	then DATABASE_URL=$(SERVER) $(BIN)/python -m pytest -m server; \
	else echo "No PostgreSQL at $(SERVER): its part of the tests did not run."; fi

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: setup  ## put the code into the house's format
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

types: setup
	@OUTSOURCING_ENV=test $(BIN)/mypy

migrations: setup
	@OUTSOURCING_ENV=test $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --verbosity 1

deploy-check: setup
	@SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') ALLOWED_HOSTS=localhost \
	  DATABASE_URL=postgresql://localhost/none BROKER_URL=redis://localhost/0 \
	  $(BIN)/python -W error manage.py check --deploy --fail-level WARNING

layers: setup  ## imports flow down only
	@$(BIN)/lint-imports

bench: setup  ## time the pages, each beside its limit; figures in var/bench.json
	@OUTSOURCING_ENV=bench $(BIN)/python manage.py bench

load: setup  ## sixteen people click for three minutes over the rows of bench; figures in var/load.json
	@$(BIN)/python -W ignore -m tests.load

pictures: setup  ## take the README's pictures of the demo anew; of every page: PAGES=folder
	@$(BIN)/python -m tests.pictures $(if $(PAGES),--every "$(PAGES)")

chaos: setup  ## kill workers, break mail servers; figures in var/chaos.json
	@CHAOS=long $(BIN)/python -m pytest -q -s tests/chaos

prove: setup  ## the long forms: each wall taken away in turn, which a test must notice; many more examples
	@$(BIN)/python tests/prove_walls.py
	@HYPOTHESIS_PROFILE=prove $(BIN)/python -m pytest tests/accounts/test_calendars.py tests/accounts/test_working_time.py tests/accounts/test_join.py tests/shared/test_migrate.py tests/milestones/test_state_machine.py tests/sourcing/test_state_machine.py -n auto
	@HYPOTHESIS_PROFILE=prove $(BIN)/python -m pytest tests/test_access.py -k "ten_thousand or test_walk" -n auto
	@$(MAKE) --no-print-directory journeys-on-servers
	@OUTSOURCING_ENV=bench VAR_DIR=$(CURDIR)/var/million $(BIN)/python manage.py bench --only directory.search.1m

# The journeys of the demo again, on what the README's units start: a PostgreSQL server, and each broker that is up.
journeys-on-servers: setup
	@for broker in $(BROKERS); do \
	  if $(BIN)/python -c 'import sys; from tests.servers import is_up; sys.exit(not all(map(is_up, sys.argv[1:])))' "$$broker" "$(JOURNEYS_IN)"; \
	  then JOURNEYS_ON="$$broker" JOURNEYS_IN="$(JOURNEYS_IN)" $(BIN)/python -m pytest tests/journeys tests/test_servers.py || exit 1; \
	  else echo "No broker at $$broker, or no PostgreSQL at $(JOURNEYS_IN): the journeys did not run there."; fi; \
	done

lock: setup  ## write requirements.txt anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --upgrade \
	  --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.txt
