"""Recorded responses of AWS and Datadog, used instead of their APIs if USE_MOCK_ADAPTERS is true."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final

import msgspec

from cloudops.core.time import MINUTE, SECOND, EpochMillis

SITE: Final = "datadoghq.com"
RECORDED_ACCOUNT: Final = "111122223333"
RECORDED_REGION: Final = "eu-central-1"
_TOKENS: Final = ("NextToken", "nextToken", "Marker", "PaginationToken")
_TIME: Final = re.compile(r"<(iso|millis) (-?\d+)>")
"""A time in a recording, as minutes from now."""

Recording = Mapping[str, list[Mapping[str, Any]]]
"""Operation -> its pages, in order (Any: each service has its own structure). The token of a page is the
number of the next page."""


class RecordedClient:
    """Client of every AWS service; responds from the recording aws.json."""

    def __init__(self, now: Callable[[], EpochMillis]) -> None:
        self._now = now

    def __getattr__(self, operation: str) -> Callable[..., Mapping[str, Any]]:
        """Returns a method that returns the page its token names (Any, as above)."""

        def call(**request: Any) -> Mapping[str, Any]:
            pages = recording("aws.json", self._now())[operation]
            position = next((request[token] for token in _TOKENS if token in request), "0")
            return pages[int(position)]

        return call


class RecordedDatadog:
    """Client of the Datadog API; responds from the recording datadog.json."""

    site = SITE

    def __init__(self, now: Callable[[], EpochMillis]) -> None:
        self._now = now

    def monitors(self, page: int) -> Mapping[str, Any]:
        """Returns a page of monitor search."""
        return recording("datadog.json", self._now())["monitors"][page]

    def groups(self, page: int) -> Mapping[str, Any]:
        """Returns a page of monitor group search."""
        return recording("datadog.json", self._now())["groups"][page]

    def dependencies(self, environment: str) -> Mapping[str, Any]:
        """Returns the same service dependencies in every environment."""
        del environment
        return recording("datadog.json", self._now())["dependencies"][0]


def recording(name: str, now: EpochMillis) -> Recording:
    """Returns the recording with its times relative to `now`."""

    def moment(match: re.Match[str]) -> str:
        at = now + int(match[2]) * MINUTE
        return datetime.fromtimestamp(at / SECOND, UTC).isoformat() if match[1] == "iso" else str(at)

    text = (files("cloudops.adapters.recorded") / name).read_text()
    pages: Recording = msgspec.json.decode(_TIME.sub(moment, text), type=dict[str, list[dict[str, Any]]])
    return pages
