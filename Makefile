# make demo | test | up | check | bench | lock   (setup comes by itself)
# Everything needed is installed by `make setup`: on Debian or Ubuntu with python3.11+, python3-venv and make.

unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
UV_VERSION := 0.13.9
WORKSPACE ?= workspace
PORT ?= 8080
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: setup demo up test check bench lock clean

setup: .stamps/python .stamps/system

.stamps/python: requirements.lock pyproject.toml scripts/setup-python.sh
	@PYTHON=$(PYTHON) UV_VERSION=$(UV_VERSION) sh scripts/setup-python.sh
	@mkdir -p .stamps && touch $@

.stamps/system: scripts/setup-system.sh | .stamps/python
	@sh scripts/setup-system.sh
	@mkdir -p .stamps && touch $@

demo: setup
	@yinliu demo --folder demo-workspace

up: setup
	@test -e $(WORKSPACE)/yinliu.yaml || yinliu init $(WORKSPACE)
	@exec yinliu --workspace $(WORKSPACE) up --port $(PORT)

test: setup
	@pytest -n 2 --dist loadgroup -q

check: .stamps/python
	@ruff format --check .
	@ruff check .
	@mypy
	@mypy dags
	@lint-imports --no-logo

bench: setup
	@python -m benchmarks

lock: .stamps/python
	@uv pip compile pyproject.toml --group dev --python-version 3.11 --universal --upgrade --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet -o requirements.lock
	@echo "requirements.lock is renewed; run make test, then commit it"

clean:
	rm -rf .venv .stamps demo-workspace
