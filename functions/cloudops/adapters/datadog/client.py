"""Datadog's API: the only importer of datadog_api_client, of which the bundle holds what is imported here."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException
from datadog_api_client.v1.api.monitors_api import MonitorsApi
from urllib3 import Retry
from urllib3.exceptions import HTTPError

from cloudops.adapters.datadog.credentials import Keys
from cloudops.adapters.datadog.monitor_search import Json
from cloudops.core.errors import Refused, Unavailable

A_PAGE: Final = 100
CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 20.0
TRIES: Final = 5
MAX_WAIT_SECONDS: Final = 60.0
"""Seconds. Datadog's limits reset within a minute."""


class DatadogApi:
    """`keys` raises KeyMissing where nobody has given us any; `pause` waits for so many seconds.

    Answers are read as plain JSON: the client's models drop fields that they do not know."""

    def __init__(
        self, keys: Callable[[], Keys], pause: Callable[[float], None], read_seconds: float = READ_SECONDS
    ) -> None:
        self._keys = keys
        self._pause = pause
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._held: tuple[Keys, ApiClient] | None = None

    @property
    def site(self) -> str:
        return self._keys().site

    def monitors(self, page: int) -> Json:
        """GET /api/v1/monitor/search."""
        api = MonitorsApi(self._client())  # type: ignore[no-untyped-call]
        return self._asked(
            "list monitors", lambda: api.search_monitors(page=page, per_page=A_PAGE, sort="name,asc")
        )

    def groups(self, page: int) -> Json:
        """GET /api/v1/monitor/groups/search."""
        api = MonitorsApi(self._client())  # type: ignore[no-untyped-call]
        return self._asked(
            "list groups of monitors", lambda: api.search_monitor_groups(page=page, per_page=A_PAGE)
        )

    def dependencies(self, environment: str) -> Json:
        """GET /api/v1/service_dependencies, which the client has no method for: service -> {"calls"}."""
        keys, client = self._keys(), self._client()
        headers = {
            "Accept": "application/json",
            "DD-API-KEY": keys.api_key,
            "DD-APPLICATION-KEY": keys.app_key,
        }
        return self._asked(
            f"list service dependencies of {environment}",
            lambda: client.call_api(
                "/api/v1/service_dependencies",
                "GET",
                query_params=[("env", environment)],
                header_params=dict(headers),
                preload_content=False,
                request_timeout=self._timeout,
            ),
        )

    def _client(self) -> ApiClient:
        """One as long as the keys stay the same; it keeps its connections."""
        keys = self._keys()
        if self._held is None or self._held[0] != keys:
            self._held = keys, ApiClient(self._configuration(keys))
        return self._held[1]

    def _configuration(self, keys: Keys) -> Configuration:
        return Configuration(  # type: ignore[no-untyped-call]
            host=keys.host,
            api_key={"apiKeyAuth": keys.api_key, "appKeyAuth": keys.app_key},
            preload_content=False,
            request_timeout=self._timeout,
            retry_policy=Retry(total=False),
        )

    def _asked(self, doing: str, call: Callable[[], Any]) -> Json:
        """The answer, where need be at the TRIES-th asking (Any: the client's own response)."""
        reason = ""
        for attempt in range(TRIES):
            try:
                return _object(call().data)
            except ApiException as error:
                reason = f"status {error.status}"
                if error.status in (401, 403):
                    raise Refused(f"{doing}: {reason}; the key is not known or may not do this") from error
                if error.status != 429 and error.status < 500:
                    raise Unavailable(f"{doing}: {reason}") from error
                wait = _told_wait(error.headers or {})
            except (HTTPError, ValueError) as error:
                reason, wait = type(error).__name__, None
            if attempt + 1 < TRIES:
                self._pause(min(2.0**attempt if wait is None else wait, MAX_WAIT_SECONDS))
        raise Unavailable(f"{doing}: {reason}, {TRIES} times")


def _object(data: bytes) -> Json:
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _told_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until the limit resets, as either header tells them."""
    for name in ("Retry-After", "X-RateLimit-Reset"):
        told = headers.get(name, "")
        if told.isdigit():
            return float(told)
    return None
