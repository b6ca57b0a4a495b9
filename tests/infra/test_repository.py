"""Lock files agree and name no registry, and actions are pinned."""

import re
import tomllib
from pathlib import Path

import pytest

from infra.bundle import ROOT

DEPLOYED_LOCK = "requirements-runtime.lock"
PYTHON_LOCKS = (
    "requirements.lock",
    DEPLOYED_LOCK,
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


def test_deployed_packages_are_tested_at_the_same_version() -> None:
    assert _pins(DEPLOYED_LOCK).items() <= _pins("requirements.lock").items()


def test_packages_of_the_lambda_runtime_are_not_bundled() -> None:
    assert not PROVIDED & _pins(DEPLOYED_LOCK).keys()


def test_types_are_checked_for_every_aws_service_that_the_stack_uses() -> None:
    used = {
        f"aws_cdk.{service}"
        for folder in ("infra", "tests")
        for path in (ROOT / folder).rglob("*.py")
        for service in re.findall(r"^from aws_cdk(?: import |\.)(aws_\w+)", path.read_text(), re.MULTILINE)
    }
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    (followed,) = (one["module"] for one in overrides if one.get("follow_imports") == "normal")
    assert used == {module for module in followed if module.startswith("aws_cdk.aws_")}


def test_every_action_is_pinned_to_a_commit() -> None:
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
