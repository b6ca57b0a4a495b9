"""Receives a webhook: checks its secret and puts its body on the event bus for later processing."""

import hmac
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from cloudops.core.errors import BadInput, Conflict, TooLarge, Unauthenticated
from cloudops.identity.api_tokens import TokenDocument

EVENT_SOURCE = "cloudops.webhook"

MAX_DETAIL_BYTES = 900_000
"""EventBridge and SQS accept 1 MB with the envelope; the rest is room for it."""


class Webhook(StrEnum):
    """The sender of a webhook; the value is the detail type of its event."""

    DATADOG = "Datadog Webhook"
    ALERTMANAGER = "Alertmanager Webhook"


class Secret(Protocol):
    """`{"current": ..., "previous": ...}`: both are accepted, while senders move from one to the other."""

    def read(self) -> Mapping[str, object]: ...

    def reread(self) -> Mapping[str, object]: ...


class Bus(Protocol):
    """The event bus."""

    def put(self, source: str, detail_type: str, detail: str) -> None: ...


class ReceiveWebhook:
    """Store and forward: the body is durable before it is processed."""

    def __init__(self, secret: Secret, bus: Bus) -> None:
        self._secret = secret
        self._bus = bus

    def receive(self, webhook: Webhook, presented: str, body: str) -> None:
        """Returns once the bus has accepted the body.

        Raises:
            Unauthenticated: The secret is missing or wrong.
            BadInput: The body is empty.
            TooLarge: The body exceeds `MAX_DETAIL_BYTES`.
            Unavailable: The bus did not accept the body; the sender should retry.
        """
        if not self._is_known(presented):
            raise Unauthenticated("the webhook secret is missing or wrong")
        if not body.strip():
            raise BadInput("the body is empty", field="body")
        detail = json.dumps({"body": body}, ensure_ascii=False)
        if len(detail.encode()) > MAX_DETAIL_BYTES:
            raise TooLarge(f"the body is larger than {MAX_DETAIL_BYTES} bytes", field="body")
        self._bus.put(EVENT_SOURCE, webhook, detail)

    def _is_known(self, presented: str) -> bool:
        """Returns whether the secret is accepted; the document is read again first, so that a rotation
        loses no alert."""
        if not presented:
            return False
        return _matches(presented, self._secret.read()) or _matches(presented, self._secret.reread())


def _matches(presented: str, document: Mapping[str, object]) -> bool:
    """Compares with the current and the previous secret, each in constant time; an empty one is none."""
    accepted = [str(document.get(key) or "") for key in ("current", "previous")]
    verdicts = [
        hmac.compare_digest(presented.encode("utf-8", "surrogatepass"), secret.encode())
        for secret in accepted
        if secret
    ]
    return any(verdicts)


class WebhookSecret:
    """`{"current": ..., "previous": ...}`: the webhook function accepts both; an empty one is none."""

    def __init__(self, document: TokenDocument) -> None:
        self._document = document

    def rotate(self, random: bytes) -> str:
        """Sets and returns a new secret; the previous one is accepted until `retire`.

        `random` is 256 bits from the operating system.

        Raises:
            Conflict: An older secret is still accepted, and its senders would lose access.
        """
        fresh = random.hex()

        def rotated(held: Mapping[str, object]) -> Mapping[str, object]:
            if held.get("previous"):
                raise Conflict(
                    "the previous secret is accepted still: give senders the current one, then retire it"
                )
            return {**held, "current": fresh, "previous": held.get("current", "")}

        self._document.change(rotated)
        return fresh

    def retire(self) -> None:
        """Ends the previous secret, within a minute; raises Conflict if there is none."""

        def retired(held: Mapping[str, object]) -> Mapping[str, object]:
            if not held.get("previous"):
                raise Conflict("there is no previous secret")
            return {**held, "previous": ""}

        self._document.change(retired)
