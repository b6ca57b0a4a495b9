"""`cloudops token` and `cloudops openapi`, on moto."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.cli.main import EXIT_ERROR, main
from cloudops.cli.tokens import API_TOKENS_SECRET
from cloudops.identity.api_tokens import ApiTokens
from infra.options import DEFAULT_STACK
from tests.fakes.people import token_of


@pytest.fixture
def api_tokens(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiTokens]:
    """The API tokens of a deployment, as its functions read them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.delenv("API_TOKENS_SECRET", raising=False)
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="eu-central-1")
        client.create_secret(Name=API_TOKENS_SECRET, SecretString='{"tokens": []}')
        yield ApiTokens(SecretDocument(client, API_TOKENS_SECRET, lambda: 0.0))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_a_created_token_is_printed_once_and_works(
    api_tokens: ApiTokens, capsys: pytest.CaptureFixture[str]
) -> None:
    token = run(capsys, "token", "create", "Ada Lovelace", "--role", "operator").split()[-1]
    (record,) = api_tokens.records()
    assert api_tokens.identify(token).caller == token_of("Ada Lovelace", key=record.id)
    listed = run(capsys, "token", "list")
    assert "Ada Lovelace" in listed
    assert token not in listed


@pytest.mark.usefixtures("api_tokens")
def test_two_tokens_of_one_person_differ(capsys: pytest.CaptureFixture[str]) -> None:
    made = [run(capsys, "token", "create", "jane", "--role", "viewer").split()[-1] for _ in range(2)]
    assert made[0] != made[1]
    assert {len(token) for token in made} == {len("cloudops_") + 64}


def test_a_revoked_token_is_neither_listed_nor_accepted(
    api_tokens: ApiTokens, capsys: pytest.CaptureFixture[str]
) -> None:
    created = run(capsys, "token", "create", "jane", "--role", "admin")
    assert "is revoked" in run(capsys, "token", "revoke", created.partition(":")[0])
    assert run(capsys, "token", "list") == "No tokens exist.\n"
    assert api_tokens.identify(created.split()[-1]).caller is None


@pytest.mark.usefixtures("api_tokens")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["revoke", "tok_1"], "token tok_1: not found"),
        (["create", "", "--role", "viewer"], "a name is 1 to 64 printable characters"),
        (["--secret", "nowhere", "list"], "read secret nowhere: ResourceNotFoundException"),
    ],
)
def test_a_failure_is_reported_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["token", *arguments]) == EXIT_ERROR
    assert capsys.readouterr().err.startswith(f"cloudops token: {message}")


def test_the_default_secret_is_that_of_the_stack() -> None:
    assert f"{DEFAULT_STACK}/api-tokens" == API_TOKENS_SECRET


def test_the_printed_openapi_document_is_the_committed_one(capsys: pytest.CaptureFixture[str]) -> None:
    committed = Path(__file__).parents[2] / "docs" / "openapi.json"
    assert run(capsys, "openapi") == committed.read_text()


def test_a_token_may_be_narrowed_to_teams_environments_and_accounts(
    api_tokens: ApiTokens, capsys: pytest.CaptureFixture[str]
) -> None:
    narrowing = ("--team", "shop", "--team", "search", "--environment", "staging")
    created = run(capsys, "token", "create", "ci", "--role", "operator", *narrowing)
    grants = "operator:team=shop:env=staging, operator:team=search:env=staging"
    assert grants in created
    assert grants in run(capsys, "token", "list")
    caller = api_tokens.identify(created.split()[-1]).caller
    assert caller
    assert ", ".join(map(str, caller.grants)) == grants


@pytest.mark.usefixtures("api_tokens")
def test_a_narrowing_that_no_grant_can_hold_creates_no_token(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("token", "create", "ci", "--role", "operator", "--team", "a:b")
    assert main(arguments) == EXIT_ERROR
    assert "'a:b'" in capsys.readouterr().err
