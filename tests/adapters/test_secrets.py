"""A secret's document: read once a minute, once in five seconds where a stranger asks, on moto."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_secretsmanager import SecretsManagerClient

from cloudops.adapters.secrets import SecretDocument
from cloudops.domain.errors import NotFound, Unavailable


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


def test_a_document_is_believed_for_a_minute(client: SecretsManagerClient) -> None:
    clock = Clock()
    document = SecretDocument(client, "tokens", clock)
    assert document.read() == {"tokens": []}
    change(client, '{"tokens": [1]}')
    clock.seconds += 59.9
    assert document.read() == {"tokens": []}
    clock.seconds += 0.1
    assert document.read() == {"tokens": [1]}


def test_reading_afresh_is_bounded_to_once_in_five_seconds(client: SecretsManagerClient) -> None:
    clock = Clock()
    document = SecretDocument(client, "tokens", clock)
    document.read()
    change(client, '{"tokens": [1]}')
    clock.seconds += 4.9
    assert document.reread() == {"tokens": []}
    clock.seconds += 0.1
    assert document.reread() == {"tokens": [1]}


def test_what_is_written_is_read_at_once(client: SecretsManagerClient) -> None:
    document = SecretDocument(client, "tokens", Clock())
    document.read()
    document.write({"tokens": [2]})
    assert document.read() == {"tokens": [2]}
    assert json.loads(client.get_secret_value(SecretId="tokens")["SecretString"]) == {"tokens": [2]}


@pytest.mark.parametrize("text", ["not json", "[]", '"word"', "{"])
def test_a_secret_that_holds_no_object_is_unavailable(client: SecretsManagerClient, text: str) -> None:
    change(client, text)
    with pytest.raises(Unavailable, match="tokens"):
        SecretDocument(client, "tokens", Clock()).read()


def test_a_secret_that_does_not_exist_is_named(client: SecretsManagerClient) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        SecretDocument(client, "nowhere", Clock()).read()
