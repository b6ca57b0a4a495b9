"""What each function imports: a cold start pays for every module."""

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
    "recompute": {"msgspec", "pynamodb"},
    "audit": {"msgspec", "pynamodb"},
    "remediate": {"msgspec", "pynamodb"},
    "pull": {"datadog_api_client", "msgspec", "pynamodb", "re2"},
    "notify": {"msgspec", "pynamodb"},
    "announce": {"msgspec", "pynamodb", "slack_sdk"},
    "slack": {"msgspec", "slack_sdk"},
    "operate": {"msgspec", "pynamodb", "re2", "slack_sdk"},
    "api": {"msgspec", "pydantic", "pynamodb", "re2"},
}
"""Of the heavy packages; botocore, without which nothing speaks to AWS, is in every function."""


def imported(handler: str) -> set[str]:
    """Every module that a fresh interpreter has after importing a handler."""
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
def test_the_small_functions_know_nothing_of_incidents(handler: str) -> None:
    ours = {name for name in imported(handler) if name.startswith("cloudops.domain.")}
    assert ours <= {"cloudops.domain.access", "cloudops.domain.claims", "cloudops.domain.errors"}


def test_importing_a_handler_builds_no_client_and_reads_no_environment() -> None:
    script = (
        "import botocore.session as session, cloudops.settings as settings\n"
        "def refuse(*_, **__): raise SystemExit('built at import')\n"
        "session.get_session = refuse; settings.Settings.from_env = refuse\n"
        "import cloudops.handlers.api, cloudops.handlers.authorizer\n"
        "import cloudops.handlers.ingest, cloudops.handlers.webhook\n"
        "import cloudops.handlers.audit, cloudops.handlers.pull, cloudops.handlers.recompute\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=FUNCTIONS, check=True)
