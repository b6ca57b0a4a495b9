"""Client of the Datadog API; the only importer of datadog_api_client.

The bundle holds only the modules of that package that this one imports.
"""

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

ENTRIES_PER_PAGE: Final = 100
DATADOG_CONNECT_SECONDS: Final = 3.0
DATADOG_READ_SECONDS: Final = 20.0
MAX_CALL_ATTEMPTS: Final = 5
"""Attempts of one operation, the first included."""
MAX_WAIT_SECONDS: Final = 60.0
"""Datadog's rate limits reset within a minute."""


class DatadogApi:
    """Lists monitors, their groups and service dependencies.

    Responses are read as plain JSON, because the package's models drop fields that they do not know. Every
    method repeats a call that is rate limited or fails on Datadog's side.

    Raises:
        KeyMissing: From any method, if the secret holds no keys.
        Refused: From any method, if Datadog rejects the keys.
        Unavailable: From any method, if the call fails for another reason.
    """

    def __init__(
        self,
        keys: Callable[[], Keys],
        pause: Callable[[float], None],
        read_seconds: float = DATADOG_READ_SECONDS,
    ) -> None:
        """Creates a client.

        Args:
            keys: Returns the keys, or raises KeyMissing. The client calls it before each call of Datadog.
            pause: Waits for a number of seconds.
            read_seconds: The longest wait for a response.
        """
        self._keys = keys
        self._pause = pause
        self._timeout = (DATADOG_CONNECT_SECONDS, read_seconds)
        self._cached_client: tuple[Keys, ApiClient] | None = None

    @property
    def site(self) -> str:
        """Returns the site of the organization, such as datadoghq.eu."""
        return self._keys().site

    def monitors(self, page: int) -> Json:
        """Returns one page of GET /api/v1/monitor/search; pages count from 0."""
        api = MonitorsApi(self._client())  # type: ignore[no-untyped-call]
        return self._call(
            "list monitors",
            lambda: api.search_monitors(page=page, per_page=ENTRIES_PER_PAGE, sort="name,asc"),
        )

    def groups(self, page: int) -> Json:
        """Returns one page of GET /api/v1/monitor/groups/search; pages count from 0."""
        api = MonitorsApi(self._client())  # type: ignore[no-untyped-call]
        return self._call(
            "list groups of monitors", lambda: api.search_monitor_groups(page=page, per_page=ENTRIES_PER_PAGE)
        )

    def dependencies(self, environment: str) -> Json:
        """Returns GET /api/v1/service_dependencies, service -> {"calls"}; the package has no method."""
        keys, client = self._keys(), self._client()
        headers = {
            "Accept": "application/json",
            "DD-API-KEY": keys.api_key,
            "DD-APPLICATION-KEY": keys.app_key,
        }
        return self._call(
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
        """Returns the same client, with its open connections, until the keys change."""
        keys = self._keys()
        if self._cached_client is None or self._cached_client[0] != keys:
            self._cached_client = keys, ApiClient(self._configuration(keys))
        return self._cached_client[1]

    def _configuration(self, keys: Keys) -> Configuration:
        return Configuration(  # type: ignore[no-untyped-call]
            host=keys.host,
            api_key={"apiKeyAuth": keys.api_key, "appKeyAuth": keys.app_key},
            preload_content=False,
            request_timeout=self._timeout,
            retry_policy=Retry(total=False),
        )

    def _call(self, operation: str, call: Callable[[], Any]) -> Json:
        """Returns the JSON object of a response, after MAX_CALL_ATTEMPTS at most (Any: its response)."""
        reason = ""
        for attempt in range(MAX_CALL_ATTEMPTS):
            try:
                return _parse_object(call().data)
            except ApiException as error:
                reason = f"status {error.status}"
                if error.status in (401, 403):
                    raise Refused(
                        f"{operation}: {reason}; the keys are unknown or lack a permission"
                    ) from error
                if error.status != 429 and error.status < 500:
                    raise Unavailable(f"{operation}: {reason}") from error
                wait = _seconds_until_reset(error.headers or {})
            except (HTTPError, ValueError) as error:
                reason, wait = type(error).__name__, None
            if attempt + 1 < MAX_CALL_ATTEMPTS:
                self._pause(min(2.0**attempt if wait is None else wait, MAX_WAIT_SECONDS))
        raise Unavailable(f"{operation}: {reason}, {MAX_CALL_ATTEMPTS} times")


def _parse_object(data: bytes) -> Json:
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _seconds_until_reset(headers: Mapping[str, str]) -> float | None:
    """Returns the seconds of Retry-After, else of X-RateLimit-Reset, else None."""
    for name in ("Retry-After", "X-RateLimit-Reset"):
        seconds = headers.get(name, "")
        if seconds.isdigit():
            return float(seconds)
    return None
