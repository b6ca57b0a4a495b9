"""Recorded answers of AWS and Datadog, in place of the real ones where USE_MOCK_ADAPTERS is true."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final

import msgspec

from cloudops.core.time import MINUTE, SECOND, EpochMillis

SITE: Final = "datadoghq.com"
ACCOUNT: Final = "111122223333"
REGION: Final = "eu-central-1"
_TOKENS: Final = ("NextToken", "nextToken", "Marker", "PaginationToken")
_TIME: Final = re.compile(r"<(iso|millis) (-?\d+)>")
"""A time in a recording: so many minutes from now."""

Recording = Mapping[str, list[Mapping[str, Any]]]
"""Operation -> its pages, in order (Any: each has its service's shape). A page's token is the number of the
page after it."""


class RecordedClient:
    """An AWS client that answers from the recording aws.json, whichever service it is asked as."""

    def __init__(self, now: Callable[[], EpochMillis]) -> None:
        self._now = now

    def __getattr__(self, operation: str) -> Callable[..., Mapping[str, Any]]:
        """The pages of the operation, which its paginating parameter chooses from (Any, as above)."""

        def call(**request: Any) -> Mapping[str, Any]:
            pages = recording("aws.json", self._now())[operation]
            position = next((request[token] for token in _TOKENS if token in request), "0")
            return pages[int(position)]

        return call


class RecordedDatadog:
    """Datadog's API, from the recording datadog.json."""

    site = SITE

    def __init__(self, now: Callable[[], EpochMillis]) -> None:
        self._now = now

    def monitors(self, page: int) -> Mapping[str, Any]:
        return recording("datadog.json", self._now())["monitors"][page]

    def groups(self, page: int) -> Mapping[str, Any]:
        return recording("datadog.json", self._now())["groups"][page]

    def dependencies(self, environment: str) -> Mapping[str, Any]:
        """The same in every environment."""
        del environment
        return recording("datadog.json", self._now())["dependencies"][0]


def recording(name: str, now: EpochMillis) -> Recording:
    """The recording as of now."""

    def moment(match: re.Match[str]) -> str:
        at = now + int(match[2]) * MINUTE
        return datetime.fromtimestamp(at / SECOND, UTC).isoformat() if match[1] == "iso" else str(at)

    text = (files("cloudops.adapters.recorded") / name).read_text()
    found: Recording = msgspec.json.decode(_TIME.sub(moment, text), type=dict[str, list[dict[str, Any]]])
    return found
