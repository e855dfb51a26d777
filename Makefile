# Thirdchair.  make run: start it, with a try-out call.  make test: test all of it.  Both install what they need first.
# make check is what is quick; make fmt, docs, lock write files that belong into a commit; make bench measures.

.PHONY: install run test check bench docs fmt cover lock
bin := .venv/bin
export PYTHON ?= python3

install: .venv/.dev

run: .venv/.runtime
	@$(bin)/python -m server run --demo

test: check
	$(bin)/pytest -m "browser or slow" --ignore=tests/e2e
	$(bin)/pytest tests/e2e

check: .venv/.dev
	$(bin)/ruff format --check
	$(bin)/ruff check
	$(bin)/mypy
	$(bin)/lint-imports --no-logo
	$(bin)/python -m server.protocol.reference --check
	$(bin)/python -m server.rooms.diagram --check
	node_modules/.bin/tsc --project web
	node_modules/.bin/tsc --project tests/web
	node --test $$(find tests/web -name '*.test.js')
	$(bin)/pytest -m "not browser and not slow"

bench: .venv/.dev
	$(bin)/python -m tests.bench

docs: .venv/.dev
	$(bin)/python -m server.protocol.reference
	$(bin)/python -m server.rooms.diagram

fmt: .venv/.dev
	$(bin)/ruff check --fix --select I
	$(bin)/ruff format

cover: .venv/.dev
	$(bin)/pytest -m "not browser and not slow" --cov --cov-report=term-missing:skip-covered

lock:
	scripts/lock.sh $(if $(UPGRADE),--upgrade)

# The stamps of an installation: newer than the locks means nothing is to be done.
.venv/.runtime: requirements.lock package-lock.json scripts/install.sh
	@scripts/install.sh runtime
.venv/.dev: requirements-dev.lock package-lock.json scripts/install.sh
	@scripts/install.sh dev
