.DEFAULT_GOAL := help
.PHONY: help setup lock check workflows words docs dashboard test coverage mutants bench release audit run stop synth deploy destroy clean
SHELL := bash
-include .env
export
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
export UV_PYTHON_DOWNLOADS := never
export VIRTUAL_ENV := $(CURDIR)/.venv
# Hundreds of interpreters start in a run of the tests: without bytecode each compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

help:  ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

setup: .venv/.synced  ## The project's environment in .venv, from the hashed lock

.venv/.synced: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "CloudOps needs Python 3.11 or newer: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up .venv (half a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	  { echo "$(PYTHON) cannot make a virtual environment; on Debian: apt install python3-venv" >&2; rm -rf .venv; exit 1; }
	@test -x $(UV) || { awk '/^[^ ]/ { keep = /^uv==/ } keep' requirements.lock > .venv/uv.lock; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock; }
	@$(UV) pip sync --quiet --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

PIN := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header
DEPLOYED := --constraint requirements.lock --no-annotate --no-emit-package boto3 --no-emit-package botocore \
  --no-emit-package s3transfer

lock: setup  ## Write the locks, after a change in pyproject.toml
	@$(PIN) --group dev --group docs pyproject.toml -o requirements.lock
	@$(PIN) $(DEPLOYED) pyproject.toml -o requirements-runtime.lock
	@$(PIN) --group emulator -o requirements-local.lock
	@$(PIN) --constraint requirements.lock --group mutation -o requirements-mutation.lock
	@$(PIN) --group release -o requirements-release.lock

check: setup  ## Lint, format, types, import contracts, spelling and vocabulary
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory workflows words

workflows: setup  ## Lint the GitHub workflows and forms, without asking the network
	@$(BIN)/zizmor --offline --quiet --strict-collection .
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml

docs: setup  ## Build the documentation site strictly, in build/docs/html
	@$(BIN)/python -m sphinx -W --keep-going -q -b html -c docs/site -d build/docs/doctrees . build/docs/html

words: setup  ## Check spelling and vocabulary
	@$(BIN)/typos
	@$(BIN)/python -m tools.vocabulary

dashboard: setup  ## Build the dashboard, and check its types, lint, tests and size
	@$(BIN)/python -m infra.dashboard_build

# The first worker takes the tests that share a running stack, the second takes all others.
WORKERS := -n 2 --no-loadscope-reorder
CHECKS := .local/checks.log

test: setup  ## check, dashboard, docs and every test, side by side
	@mkdir -p .local; $(MAKE) --no-print-directory check dashboard docs > $(CHECKS) 2>&1 & checks=$$!; \
	  trap 'kill $$checks 2> /dev/null' INT TERM; $(BIN)/pytest -q $(WORKERS); tests=$$?; \
	  wait $$checks && echo "check, dashboard and docs passed" || { cat $(CHECKS); echo "check, dashboard or docs failed"; exit 1; }; \
	  exit $$tests

PURE := core alerts analysis correlation confidence
PURE_FLOOR := 90
IN_PROCESS := --ignore=tests/e2e --ignore=tests/infra --ignore=tests/local --ignore=tests/pictures --ignore=tests/benchmarks \
  --ignore=tests/tools

coverage: setup  ## Branch coverage of the package, with floors; slower than test by a half, so it is a job of its own
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(BIN)/coverage run -m pytest -q $(IN_PROCESS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage html --quiet --fail-under=0 --directory build/coverage/html
	@failed=0; for package in $(PURE); do \
	  $(BIN)/coverage report --include="functions/cloudops/$$package/*" --fail-under=$(PURE_FLOOR) || failed=1; done; \
	  $(BIN)/coverage report || failed=1; exit $$failed

mutants: build/venvs/mutation/.synced  ## Mutation tests of what decides about production, with a floor for each module
	@$(BIN)/python -m tools.mutants $(MODULES)

build/venvs/mutation/.synced: requirements.lock requirements-mutation.lock .venv/.synced
	@$(UV) venv --quiet --clear $(@D)
	@$(UV) pip sync --quiet --python $(@D) --require-hashes requirements.lock requirements-mutation.lock
	@touch $@

bench: setup  ## Counts of requests, bytes, modules and calls, against their limits in benchmarks/limits.toml
	@$(BIN)/python -m benchmarks.counts

release: build/venvs/release/.synced  ## Wheel, Lambda bundle, SBOM, checksums and notes in dist; TAG=v0.1.0 checks the tag
	@$(BIN)/python -m tools.release $(TAG)

audit: build/venvs/release/.synced  ## Known vulnerabilities in the locked packages; asks the registry
	@for lock in requirements.lock requirements-runtime.lock requirements-local.lock requirements-mutation.lock requirements-release.lock; do \
	  build/venvs/release/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r $$lock || exit 1; done

build/venvs/release/.synced: requirements-release.lock .venv/.synced
	@$(UV) venv --quiet --clear $(@D)
	@$(UV) pip sync --quiet --python $(@D) --require-hashes $<
	@touch $@

run: setup  ## The whole stack on this machine, http://localhost:4000
	@$(BIN)/python -m local.run

stop:  ## Stop what run started
	@if test -x $(BIN)/python; then $(BIN)/python -m local.stop; else $(PYTHON) -m local.stop; fi

synth: setup  ## The CloudFormation template, in cdk.out
	@$(BIN)/python -m infra.deploy synth $(CDK_ARGS)

deploy: setup  ## To the account of your AWS credentials
	@$(BIN)/python -m infra.deploy deploy $(CDK_ARGS)

destroy: setup  ## Remove it again, all but the table
	@$(BIN)/python -m infra.deploy destroy $(CDK_ARGS)

clean: stop  ## Everything that can be built again
	@rm -rf .venv .local build cdk.out node_modules dashboard/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
