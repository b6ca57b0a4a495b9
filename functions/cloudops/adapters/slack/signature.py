"""Checks that Slack itself sent a request, lately, and that not a byte of it was changed."""

from collections.abc import Callable
from typing import Final

from slack_sdk.signature import Clock, SignatureVerifier

from cloudops.adapters.slack.credentials import Credentials
from cloudops.chatops.requests import MAX_SKEW_SECONDS, SignatureReason
from cloudops.core.time import SECOND, EpochMillis

DIGITS: Final = 11
"""Of a time in seconds, until the year 5138."""


class _At(Clock):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        return self._seconds


class SlackSignatures:
    def __init__(self, credentials: Callable[[], Credentials]) -> None:
        self._credentials = credentials

    def reason(self, body: bytes, timestamp: str, signature: str, now: EpochMillis) -> SignatureReason:
        """Compared in constant time, by slack-sdk, on the bytes as they came."""
        if not timestamp or not signature:
            return SignatureReason.ABSENT
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= DIGITS):
            return SignatureReason.WRONG
        if abs(now / SECOND - int(timestamp)) > MAX_SKEW_SECONDS:
            return SignatureReason.STALE
        verifier = SignatureVerifier(self._credentials().signing_secret, _At(now / SECOND))
        if signature.isascii() and _is_text(body) and verifier.is_valid(body, timestamp, signature):
            return SignatureReason.VALID
        return SignatureReason.WRONG


def _is_text(body: bytes) -> bool:
    """slack-sdk signs text; what Slack sends is."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
