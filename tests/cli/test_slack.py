"""`cloudops slack`, on moto and against a workspace on loopback."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.adapters.slack.credentials import Credentials, SlackSecret
from cloudops.api.route import Access
from cloudops.bootstrap.slack_workspace import people_in
from cloudops.chatops.receiver import SlackEndpoint
from cloudops.cli.main import EXIT_ERROR, main
from cloudops.cli.slack import SLACK_SECRET
from cloudops.identity.people import PeopleDirectory
from infra.options import DEFAULT_STACK
from infra.routes import ROUTES
from tests.fakes.dynamodb import create_table
from tests.fakes.incident_factory import NOON
from tests.fakes.people import signed_in
from tests.fakes.slack import BOT, TEAM, TOKEN, Workspace, slack

ADA = signed_in("Ada Lovelace", sub="7f3c")


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(lambda: 0)


@pytest.fixture
def secret(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackSecret]:
    """A deployment's secret, as a function reads it that starts now."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.delenv("SLACK_SECRET", raising=False)
    monkeypatch.delenv("TABLE_NAME", raising=False)
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5")
    seconds = iter(range(0, 100_000, 100))
    with mock_aws(), slack(workspace) as running:
        monkeypatch.setenv("SLACK_API_URL", f"{running.url}/api/")
        client = boto3.client("secretsmanager", region_name="eu-central-1")
        client.create_secret(Name=SLACK_SECRET, SecretString='{"people": {}}')
        yield SlackSecret(SecretDocument(client, SLACK_SECRET, lambda: float(next(seconds))))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["slack", *arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["slack", *arguments]) == EXIT_ERROR
    return capsys.readouterr().err


def test_connect_stores_the_credentials_and_their_workspace(
    secret: SlackSecret, capsys: pytest.CaptureFixture[str]
) -> None:
    output = run(capsys, "connect")
    assert secret.credentials() == Credentials(TOKEN, "8f742231b10e8888abcd99yyyzzz85a5", TEAM, BOT)
    assert "Loopback" in output
    assert TOKEN not in output


@pytest.mark.parametrize(
    ("name", "value"),
    [("SLACK_BOT_TOKEN", ""), ("SLACK_BOT_TOKEN", "xoxp-person"), ("SLACK_SIGNING_SECRET", "")],
)
@pytest.mark.usefixtures("secret")
def test_connect_names_the_credential_that_is_missing_or_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert name in refused(capsys, "connect")


@pytest.fixture
def people(secret: SlackSecret, monkeypatch: pytest.MonkeyPatch) -> PeopleDirectory:
    """The people who have signed in to a deployment whose workspace is connected."""
    create_table(boto3.client("dynamodb", region_name="eu-central-1"), "people")
    monkeypatch.setenv("TABLE_NAME", "people")
    assert main(["slack", "connect"]) == 0
    directory = people_in("people")
    directory.remember(ADA, lambda: "ada@example.com", NOON)
    return directory


@pytest.mark.parametrize("person", [("Ada Lovelace",), ("ada lovelace",), (ADA.subject,), ()])
@pytest.mark.usefixtures("people")
def test_a_member_is_linked_by_name_by_subject_or_by_the_confirmed_email(
    secret: SlackSecret, capsys: pytest.CaptureFixture[str], person: tuple[str, ...]
) -> None:
    output = run(capsys, "link", "U0ADA", *person, "--role", "operator")
    assert f"U0ADA is linked to Ada Lovelace ({ADA.subject}) as operator." in output
    assert secret.caller("U0ADA") == ADA
    assert f"Ada Lovelace  {ADA.subject}" in run(capsys, "list")
    run(capsys, "unlink", "U0ADA")
    assert secret.caller("U0ADA") is None
    assert run(capsys, "list") == "No members are linked.\n"


@pytest.mark.usefixtures("people")
def test_a_name_that_no_sign_in_has_used_is_not_linked(
    secret: SlackSecret, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "did you mean Ada Lovelace" in refused(capsys, "link", "U0ADA", "Ada", "--role", "admin")
    assert secret.caller("U0ADA") is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_email_confirmed": False}, "has no confirmed email address"),
        ({"profile": {}}, "has no confirmed email address"),
        ({"profile": {"email": "eve@example.com"}}, "no person has signed in with the verified email"),
        ({"is_restricted": True}, "is a guest"),
        ({"is_bot": True}, "is a guest, an app"),
        ({"error": "missing_scope"}, "missing_scope"),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_member_without_a_confirmed_email_that_signed_in_is_not_linked_by_email(
    secret: SlackSecret,
    workspace: Workspace,
    capsys: pytest.CaptureFixture[str],
    fields: dict[str, Any],
    reason: str,
) -> None:
    workspace.members["U0ADA"] = fields
    assert reason in refused(capsys, "link", "U0ADA", "--role", "admin")
    assert secret.caller("U0ADA") is None


@pytest.mark.usefixtures("people")
def test_a_link_may_be_narrowed(secret: SlackSecret, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "link", "U0ADA", "--role", "operator", "--team", "shop", "--account", "111122223333")
    linked = secret.caller("U0ADA")
    assert linked
    assert [str(grant) for grant in linked.grants] == ["operator:team=shop:account=111122223333"]
    assert "operator:team=shop:account=111122223333" in run(capsys, "list")


@pytest.mark.usefixtures("people")
def test_connecting_again_keeps_the_links(secret: SlackSecret, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "link", "U0ADA", "--role", "admin")
    run(capsys, "connect")
    assert secret.caller("U0ADA") is not None


@pytest.mark.parametrize("user", ["ada", "C012", "U01 2", ""])
@pytest.mark.usefixtures("people")
def test_a_malformed_member_id_is_refused(capsys: pytest.CaptureFixture[str], user: str) -> None:
    assert "member id" in refused(capsys, "link", user, "Ada", "--role", "admin")


@pytest.mark.usefixtures("secret")
def test_a_link_needs_the_table_of_the_deployment(capsys: pytest.CaptureFixture[str]) -> None:
    assert "table" in refused(capsys, "link", "U0ADA", "Ada", "--role", "admin")


def manifest(capsys: pytest.CaptureFixture[str]) -> Any:
    return yaml.safe_load(run(capsys, "manifest", "https://abc.execute-api.eu-central-1.amazonaws.com/"))


def test_the_manifest_names_the_routes_of_the_api(capsys: pytest.CaptureFixture[str]) -> None:
    app = manifest(capsys)
    (command,) = app["features"]["slash_commands"]
    urls = {
        command["url"],
        app["settings"]["interactivity"]["request_url"],
        app["settings"]["event_subscriptions"]["request_url"],
    }
    signed = {one.path for one in ROUTES if one.access is Access.SIGNED}
    assert signed == {f"/slack/{way}" for way in SlackEndpoint}
    assert urls == {f"https://abc.execute-api.eu-central-1.amazonaws.com{path}" for path in signed}


def test_the_app_requests_only_the_scopes_that_its_calls_need(capsys: pytest.CaptureFixture[str]) -> None:
    assert manifest(capsys)["oauth_config"]["scopes"] == {
        "bot": [
            "chat:write",
            "commands",
            "channels:history",
            "groups:history",
            "users:read",
            "users:read.email",
        ]
    }


@pytest.mark.parametrize("url", ["http://a.example", "https://a.example/prod", "a.example", "https://"])
def test_a_url_that_slack_cannot_reach_is_refused(capsys: pytest.CaptureFixture[str], url: str) -> None:
    assert "is not an https:// address" in refused(capsys, "manifest", url)


def test_the_default_is_the_secret_of_the_stack() -> None:
    assert f"{DEFAULT_STACK}/slack" == SLACK_SECRET
