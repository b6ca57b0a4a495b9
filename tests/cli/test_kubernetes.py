"""`cloudops kubernetes rbac`."""

import pytest
import yaml

from cloudops.cli.main import main


def documents(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert main(["kubernetes", "rbac", *arguments]) == 0
    return list(yaml.safe_load_all(capsys.readouterr().out))


def test_a_role_allows_what_the_executor_declares_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (restart,) = [
        one
        for one in documents(capsys)
        if one["kind"] == "ClusterRole" and one["metadata"] == {"name": "cloudops-restart-pods"}
    ]
    assert restart["rules"] == [
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]},
        {"apiGroups": ["apps"], "resources": ["statefulsets"], "verbs": ["get", "patch"]},
    ]


def test_no_role_allows_deleting_creating_or_reading_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    text = yaml.safe_dump_all(documents(capsys))
    for word in ("delete", "create", "secrets", "'*'", "pods/exec"):
        assert word not in text


def test_each_role_is_bound_to_a_group_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    bindings = [one for one in documents(capsys) if one["kind"] == "ClusterRoleBinding"]
    groups = [subject["name"] for one in bindings for subject in one["subjects"]]  # type: ignore[attr-defined]
    assert groups == ["cloudops:restart-pods", "cloudops:rollback", "cloudops:scale-service"]


def test_the_roles_can_be_bound_in_one_namespace_only(capsys: pytest.CaptureFixture[str]) -> None:
    found = documents(capsys, "--namespace", "shop")
    assert {one["kind"] for one in found} == {"ClusterRole", "RoleBinding"}
    assert all(
        one["metadata"]["namespace"] == "shop"  # type: ignore[index]
        for one in found
        if one["kind"] == "RoleBinding"
    )
