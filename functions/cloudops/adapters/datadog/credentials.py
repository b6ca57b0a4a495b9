"""API keys of Datadog, read from a secret: {"apiKey", "appKey", "site"}."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from cloudops.core.errors import KeyMissing

_SITE: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
US1: Final = "datadoghq.com"
"""The site if the secret names none."""


class Keys(NamedTuple):
    """The keys of one organization. `host` is the API of the site, such as https://api.datadoghq.eu."""

    api_key: str
    app_key: str
    site: str
    host: str


class SecretReader(Protocol):
    """Port: reads a secret that holds a JSON object."""

    def read(self) -> Mapping[str, object]: ...


class DatadogKeys:
    """Reads the keys at each call, so that new keys in the secret work within a minute."""

    def __init__(self, secret: SecretReader, name: str) -> None:
        self._secret = secret
        self._name = name

    def read(self) -> Keys:
        """Returns the keys.

        Raises:
            KeyMissing: No secret is configured, or it lacks a key or names an invalid site.
        """
        if not self._name:
            raise KeyMissing("datadog: no secret is configured for this function")
        document = self._secret.read()
        fields = {key: str(document.get(key) or "").strip() for key in ("apiKey", "appKey", "site")}
        for key in ("apiKey", "appKey"):
            if not fields[key]:
                raise KeyMissing(f"datadog: the secret {self._name} has no {key}")
        site = fields["site"].lower() or US1
        if not _SITE.fullmatch(site):
            raise KeyMissing(f"datadog: the secret {self._name} has an invalid site; a valid one is {US1}")
        return Keys(fields["apiKey"], fields["appKey"], site, f"https://api.{site}")
