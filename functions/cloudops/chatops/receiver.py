"""Takes what a chat sends: checks that the chat sent it, now, and puts it where somebody will do it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from cloudops.chatops.requests import SignatureReason
from cloudops.core.errors import KeyMissing, Unauthenticated
from cloudops.core.time import SECOND, EpochMillis


class SlackEndpoint(StrEnum):
    EVENTS = "events"
    COMMANDS = "commands"
    INTERACTIONS = "interactions"


class Signatures(Protocol):
    def reason(self, body: bytes, timestamp: str, signature: str, now: EpochMillis) -> SignatureReason:
        """KeyMissing where no chat is connected."""
        ...


Send = Callable[[Mapping[str, Any]], None]
"""Into the queue (Any: JSON)."""


class ChatReceiver:
    def __init__(self, signatures: Signatures, send: Send) -> None:
        self._signatures = signatures
        self._send = send

    def check(self, body: bytes, timestamp: str, signature: str, now: EpochMillis) -> None:
        """Unauthenticated says what is wrong with the signature."""
        try:
            reason = self._signatures.reason(body, timestamp, signature, now)
        except KeyMissing as error:
            raise Unauthenticated(f"no request can be verified: {error.message}") from error
        if reason is not SignatureReason.VALID:
            raise Unauthenticated(f"the request's signature is {reason}")

    def enqueue(self, way: SlackEndpoint, body: bytes, timestamp: str, signature: str) -> None:
        """Stored, so that the chat may be answered. `timestamp` is the time that the chat gave it, so that
        doing it again is doing the same."""
        self._send({"way": way, "body": body.decode(), "at": int(timestamp) * SECOND, "signature": signature})
