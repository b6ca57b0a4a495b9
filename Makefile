.PHONY: setup
SHELL := bash
PYTHON ?= python3
UV := .venv/bin/uv
export UV_PYTHON_DOWNLOADS := never

setup: .venv/.synced

.venv/.synced: requirements.lock pyproject.toml
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@test -x $(UV) || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@VIRTUAL_ENV=.venv $(UV) pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
