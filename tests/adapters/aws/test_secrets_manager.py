"""A secret's document, on moto: cached for a minute, or for five seconds with unknown credentials."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_secretsmanager import SecretsManagerClient

from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.core.errors import Conflict, NotFound, Unavailable


class Clock:
    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretsManagerClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="eu-central-1")
        client.create_secret(Name="tokens", SecretString='{"tokens": []}')
        yield client


def change(client: SecretsManagerClient, text: str) -> None:
    client.put_secret_value(SecretId="tokens", SecretString=text)


def current(client: SecretsManagerClient) -> object:
    return json.loads(client.get_secret_value(SecretId="tokens", VersionStage="AWSCURRENT")["SecretString"])


def test_a_document_is_cached_for_a_minute(client: SecretsManagerClient) -> None:
    clock = Clock()
    document = SecretDocument(client, "tokens", clock)
    assert document.read() == {"tokens": []}
    change(client, '{"tokens": [1]}')
    clock.seconds += 59.9
    assert document.read() == {"tokens": []}
    clock.seconds += 0.1
    assert document.read() == {"tokens": [1]}


def test_a_document_is_reread_at_most_once_in_five_seconds(client: SecretsManagerClient) -> None:
    clock = Clock()
    document = SecretDocument(client, "tokens", clock)
    document.read()
    change(client, '{"tokens": [1]}')
    clock.seconds += 4.9
    assert document.reread() == {"tokens": []}
    clock.seconds += 0.1
    assert document.reread() == {"tokens": [1]}


def test_a_change_is_visible_at_once(client: SecretsManagerClient) -> None:
    document = SecretDocument(client, "tokens", Clock())
    document.read()
    document.change(lambda document: {"tokens": [*document["tokens"], 2]})
    assert document.read() == {"tokens": [2]}
    assert current(client) == {"tokens": [2]}


def test_a_change_is_repeated_after_a_concurrent_change(client: SecretsManagerClient) -> None:
    here = SecretDocument(client, "tokens", Clock())
    elsewhere = SecretDocument(client, "tokens", Clock())
    seen: list[object] = []

    def overtaken_once(document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns a change during whose first call another client changes the document."""
        if not seen:
            elsewhere.change(lambda other: {"tokens": [*other["tokens"], "theirs"]})
        seen.append(document)
        return {"tokens": [*document["tokens"], "ours"]}

    here.change(overtaken_once)
    assert seen == [{"tokens": []}, {"tokens": ["theirs"]}]
    assert current(client) == {"tokens": ["theirs", "ours"]}


def test_a_change_that_is_always_overtaken_is_a_conflict(client: SecretsManagerClient) -> None:
    elsewhere = SecretDocument(client, "tokens", Clock())

    def always_overtaken(document: Mapping[str, Any]) -> Mapping[str, Any]:
        elsewhere.change(lambda other: {"tokens": [*other["tokens"], 1]})
        return {"tokens": []}

    with pytest.raises(Conflict, match="tokens"):
        SecretDocument(client, "tokens", Clock()).change(always_overtaken)
    assert current(client) == {"tokens": [1] * 10}


def test_a_change_leaves_no_label_behind(client: SecretsManagerClient) -> None:
    document = SecretDocument(client, "tokens", Clock())
    for _ in range(3):
        document.change(lambda document: {"tokens": [*document["tokens"], 1]})
    versions = client.list_secret_version_ids(SecretId="tokens")["Versions"]
    labels = [label for version in versions for label in version.get("VersionStages", [])]
    assert sorted(labels) == ["AWSCURRENT", "AWSPREVIOUS"]


def test_a_change_that_raises_changes_nothing(client: SecretsManagerClient) -> None:
    def failing_change(document: Mapping[str, Any]) -> Mapping[str, Any]:
        raise NotFound(f"none of {len(document)}")

    with pytest.raises(NotFound):
        SecretDocument(client, "tokens", Clock()).change(failing_change)
    assert current(client) == {"tokens": []}


@pytest.mark.parametrize("text", ["not json", "[]", '"word"', "{"])
def test_a_secret_without_a_json_object_is_unavailable(client: SecretsManagerClient, text: str) -> None:
    change(client, text)
    with pytest.raises(Unavailable, match="tokens"):
        SecretDocument(client, "tokens", Clock()).read()


def test_a_missing_secret_is_named(client: SecretsManagerClient) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        SecretDocument(client, "nowhere", Clock()).read()
