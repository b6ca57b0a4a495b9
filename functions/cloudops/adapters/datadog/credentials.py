"""The keys of Datadog's API, from a secret: {"apiKey", "appKey", "site"}."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from cloudops.core.errors import KeyMissing

_SITE: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
US1: Final = "datadoghq.com"


class Keys(NamedTuple):
    """`host` is where the API of the site is, such as https://api.datadoghq.eu."""

    api_key: str
    app_key: str
    site: str
    host: str


class Secret(Protocol):
    def read(self) -> Mapping[str, object]: ...


class DatadogKeys:
    """Asked at each call, so that a key that is put into the secret works within a minute."""

    def __init__(self, secret: Secret, name: str) -> None:
        self._secret = secret
        self._name = name

    def read(self) -> Keys:
        """KeyMissing, naming the secret, where a key is not in it."""
        if not self._name:
            raise KeyMissing("datadog: this function was given no secret")
        document = self._secret.read()
        told = {key: str(document.get(key) or "").strip() for key in ("apiKey", "appKey", "site")}
        for key in ("apiKey", "appKey"):
            if not told[key]:
                raise KeyMissing(f"datadog: the secret {self._name} has no {key}")
        site = told["site"].lower() or US1
        if not _SITE.fullmatch(site):
            raise KeyMissing(f"datadog: the secret {self._name} has a site that is none, such as {US1}")
        return Keys(told["apiKey"], told["appKey"], site, f"https://api.{site}")
