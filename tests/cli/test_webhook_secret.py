"""`cloudops secret`, on moto, checked by the webhook's own authentication."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.cli.main import EXIT_ERROR, main
from cloudops.cli.webhook_secret import WEBHOOK_SECRET
from cloudops.core.errors import Unauthenticated
from cloudops.ingestion.webhook import ReceiveWebhook, Webhook
from infra.options import DEFAULT_STACK


class Bus:
    def put(self, source: str, detail_type: str, detail: str) -> None:
        """Accepts every event."""


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceiveWebhook]:
    """A deployment whose webhook secret is `today`, as a function reads it that starts now."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.delenv("WEBHOOK_SECRET", raising=False)
    seconds = iter(range(0, 100_000, 100))
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="eu-central-1")
        client.create_secret(Name=WEBHOOK_SECRET, SecretString='{"current": "today", "previous": ""}')
        yield ReceiveWebhook(SecretDocument(client, WEBHOOK_SECRET, lambda: float(next(seconds))), Bus())


def is_accepted(webhook: ReceiveWebhook, secret: str) -> bool:
    try:
        webhook.receive(Webhook.DATADOG, secret, "{}")
    except Unauthenticated:
        return False
    return True


def run(capsys: pytest.CaptureFixture[str], verb: str) -> str:
    assert main(["secret", verb, "webhook"]) == 0
    return capsys.readouterr().out


def test_between_rotate_and_retire_both_secrets_are_valid(
    webhook: ReceiveWebhook, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = run(capsys, "rotate").split()[-1]
    assert len(fresh) == 64
    assert [is_accepted(webhook, secret) for secret in ("today", fresh, "")] == [True, True, False]
    run(capsys, "retire")
    assert [is_accepted(webhook, secret) for secret in ("today", fresh, "")] == [False, True, False]


def test_a_second_rotation_does_not_cut_off_senders_of_the_first(
    webhook: ReceiveWebhook, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = run(capsys, "rotate").split()[-1]
    assert main(["secret", "rotate", "webhook"]) == EXIT_ERROR
    assert "the previous secret is accepted still" in capsys.readouterr().err
    assert is_accepted(webhook, "today")
    assert is_accepted(webhook, fresh)


@pytest.mark.usefixtures("webhook")
def test_retire_before_a_rotation_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secret", "retire", "webhook"]) == EXIT_ERROR
    assert capsys.readouterr().err == "cloudops secret: there is no previous secret\n"


def test_the_default_secret_is_that_of_the_stack() -> None:
    assert f"{DEFAULT_STACK}/webhook" == WEBHOOK_SECRET
