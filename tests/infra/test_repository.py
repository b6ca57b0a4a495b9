"""The repository can be set up from anywhere: locks agree, name no registry, and actions are pinned."""

import re
from pathlib import Path

import pytest

from infra.bundle import ROOT

DEPLOYED_LOCKS = ("requirements-runtime.lock", "requirements-pull.lock")
PYTHON_LOCKS = (
    "requirements.lock",
    *DEPLOYED_LOCKS,
    "requirements-local.lock",
    "requirements-mutation.lock",
    "requirements-release.lock",
)
PROVIDED = {"boto3", "botocore", "s3transfer"}


@pytest.mark.parametrize("name", [*PYTHON_LOCKS, "package-lock.json"])
def test_no_lock_names_a_registry(name: str) -> None:
    assert not re.findall(r"\w+://\S+", (ROOT / name).read_text())


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_locked_package_has_its_hashes(name: str) -> None:
    packages = re.split(r"^(?=\w)", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)


@pytest.mark.parametrize("name", DEPLOYED_LOCKS)
def test_what_is_deployed_was_tested_at_the_same_version(name: str) -> None:
    assert _pins(name).items() <= _pins("requirements.lock").items()


@pytest.mark.parametrize("name", DEPLOYED_LOCKS)
def test_what_the_lambda_runtime_provides_is_not_bundled(name: str) -> None:
    assert not PROVIDED & _pins(name).keys()


def test_only_what_pulls_carries_the_large_client_of_datadog() -> None:
    more = _pins("requirements-pull.lock").keys() - _pins("requirements-runtime.lock").keys()
    assert "datadog-api-client" in more


def test_every_action_is_pinned_by_its_commit() -> None:
    uses = [
        line.split("uses:")[1].split()[0]
        for workflow in (ROOT / ".github" / "workflows").glob("*.yml")
        for line in workflow.read_text().splitlines()
        if "uses:" in line
    ]
    assert uses
    assert [action for action in uses if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []


def _pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", Path(ROOT / name).read_text(), flags=re.MULTILINE))
