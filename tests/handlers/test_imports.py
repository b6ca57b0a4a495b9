"""The imports of each function: every module makes a cold start longer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
HEAVY = (
    "aws_xray_sdk",
    "boto3",
    "cryptography",
    "datadog_api_client",
    "jwt",
    "msgspec",
    "pydantic",
    "pynamodb",
    "re2",
    "slack_sdk",
)

ALLOWED = {
    "authorizer": {"cryptography", "jwt"},
    "webhook": set(),
    "ingest": {"msgspec", "pynamodb", "re2"},
    "recompute_confidence": {"msgspec", "pynamodb"},
    "check_learning": {"msgspec", "pynamodb"},
    "remediate": {"msgspec", "pynamodb", "re2"},
    "sync_sources": {"datadog_api_client", "msgspec", "pynamodb", "re2"},
    "enqueue_notifications": {"msgspec", "pynamodb"},
    "dispatch_notifications": {"msgspec", "pynamodb", "slack_sdk"},
    "slack_webhook": {"msgspec", "slack_sdk"},
    "slack_worker": {"msgspec", "pynamodb", "re2", "slack_sdk"},
    "api": {"msgspec", "pydantic", "pynamodb", "re2"},
}
"""Heavy packages by function; every function imports botocore, which all AWS clients need."""


KNOW_INCIDENTS = {"correlation", "incidents", "learning", "notifications", "remediation"}


def imported(handler: str) -> set[str]:
    """Returns the modules of a new interpreter after the import of a handler."""
    script = f"import json, sys; import cloudops.handlers.{handler}; print(json.dumps(sorted(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=FUNCTIONS, capture_output=True, text=True, check=True
    )
    return set(json.loads(found.stdout))


@pytest.mark.parametrize("handler", ALLOWED)
def test_a_function_imports_only_the_heavy_packages_that_it_needs(handler: str) -> None:
    modules = imported(handler)
    assert {name for name in HEAVY if name in modules} == ALLOWED[handler]


@pytest.mark.parametrize("handler", ["authorizer", "webhook"])
def test_the_small_functions_do_not_import_incidents(handler: str) -> None:
    ours = {name.split(".")[1] for name in imported(handler) if name.startswith("cloudops.")}
    assert not ours & KNOW_INCIDENTS


def test_importing_a_handler_builds_no_client_and_reads_no_environment() -> None:
    script = (
        "import botocore.session as session, cloudops.settings as settings\n"
        "def refuse(*_, **__): raise SystemExit('built at import')\n"
        "session.get_session = refuse; settings.Settings.from_env = refuse\n"
        "import cloudops.handlers.api, cloudops.handlers.authorizer\n"
        "import cloudops.handlers.ingest, cloudops.handlers.webhook\n"
        "import cloudops.handlers.check_learning, cloudops.handlers.sync_sources\n"
        "import cloudops.handlers.recompute_confidence\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=FUNCTIONS, check=True)
