"""Verifies the signature of a request: Slack sent exactly this body within the last five minutes."""

from collections.abc import Callable
from typing import Final

from slack_sdk.signature import Clock, SignatureVerifier

from cloudops.adapters.slack.credentials import Credentials
from cloudops.chatops.requests import MAX_SKEW_SECONDS, SignatureReason
from cloudops.core.time import SECOND, EpochMillis

MAX_TIMESTAMP_DIGITS: Final = 11
"""Digits of a timestamp in seconds, until the year 5138."""


class _FixedClock(Clock):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        return self._seconds


class SlackSignatures:
    """Implements the port `Signatures`."""

    def __init__(self, credentials: Callable[[], Credentials]) -> None:
        self._credentials = credentials

    def reason(self, body: bytes, timestamp: str, signature: str, now: EpochMillis) -> SignatureReason:
        """Returns VALID, or why the request is not accepted.

        slack-sdk compares in constant time, on the bytes as they were received.
        """
        if not timestamp or not signature:
            return SignatureReason.ABSENT
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP_DIGITS):
            return SignatureReason.WRONG
        if abs(now / SECOND - int(timestamp)) > MAX_SKEW_SECONDS:
            return SignatureReason.STALE
        verifier = SignatureVerifier(self._credentials().signing_secret, _FixedClock(now / SECOND))
        if signature.isascii() and _is_text(body) and verifier.is_valid(body, timestamp, signature):
            return SignatureReason.VALID
        return SignatureReason.WRONG


def _is_text(body: bytes) -> bool:
    """Returns whether the body is UTF-8, as slack-sdk requires and Slack sends."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
