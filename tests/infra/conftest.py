"""Synthesizes the stack once per session; tests read its template."""

import json
from pathlib import Path

import pytest

from infra.options import DEFAULT_STACK
from infra.synthesis import synthesize
from tests.infra.template import Template


def template_for(context: dict[str, object], folder: Path, *, validate: bool = False) -> Template:
    synthesize(context, folder, validate=validate)
    name = context.get("stackName", DEFAULT_STACK)
    return Template(json.loads((folder / f"{name}.template.json").read_text()))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Returns the template for AWS with default options."""
    return template_for({}, tmp_path_factory.mktemp("aws"), validate=True)


@pytest.fixture(scope="session")
def local_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return template_for({"local": "true"}, tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="session")
def chosen_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Returns the template with every option set, for the platform of this machine, which builds fastest."""
    context: dict[str, object] = {
        "local": "true",
        "corsOrigins": "https://ops.example.com,http://localhost:5173",
        "alarmAccounts": ["111122223333"],
        "datadogEventSource": "aws.partner/datadog.com/prod",
        "operationsEmail": "oncall@example.com",
        "useMockAdapters": "true",
    }
    return template_for(context, tmp_path_factory.mktemp("chosen"), validate=True)
