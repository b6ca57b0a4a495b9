"""Verifies the signature and the timestamp of a Slack request, and enqueues the request."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from cloudops.chatops.requests import SignatureReason
from cloudops.core.errors import KeyMissing, Unauthenticated
from cloudops.core.time import SECOND, EpochMillis


class SlackEndpoint(StrEnum):
    """The last part of the path to which Slack sends a request."""

    EVENTS = "events"
    COMMANDS = "commands"
    INTERACTIONS = "interactions"


class Signatures(Protocol):
    """Port: verifies signatures."""

    def reason(self, body: bytes, timestamp: str, signature: str, now: EpochMillis) -> SignatureReason:
        """Returns VALID, or why the request is not accepted. Raises KeyMissing if no workspace is
        connected."""
        ...


Send = Callable[[Mapping[str, Any]], None]
"""Puts a message into the queue (Any: JSON)."""


class ChatReceiver:
    """The use case: accepts requests of Slack."""

    def __init__(self, signatures: Signatures, send: Send) -> None:
        self._signatures = signatures
        self._send = send

    def check(self, body: bytes, timestamp: str, signature: str, now: EpochMillis) -> None:
        """Raises Unauthenticated with the reason, if the request is not signed by Slack within five
        minutes."""
        try:
            reason = self._signatures.reason(body, timestamp, signature, now)
        except KeyMissing as error:
            raise Unauthenticated(f"no request can be verified: {error.message}") from error
        if reason is not SignatureReason.VALID:
            raise Unauthenticated(f"the request's signature is {reason}")

    def enqueue(self, endpoint: SlackEndpoint, body: bytes, timestamp: str, signature: str) -> None:
        """Stores a verified request in the queue.

        `timestamp` is Slack's time of the request, in seconds. The worker uses it as the time of the action,
        so that a repeated execution has the same effect.
        """
        self._send(
            {"way": endpoint, "body": body.decode(), "at": int(timestamp) * SECOND, "signature": signature}
        )
