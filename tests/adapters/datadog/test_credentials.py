"""DatadogKeys: reads the API keys from the secret."""

from typing import Any

import pytest

from cloudops.adapters.datadog.credentials import DatadogKeys, Keys
from cloudops.core.errors import KeyMissing


class Secret:
    def __init__(self, **document: Any) -> None:
        self._document = document

    def read(self) -> dict[str, Any]:
        return self._document


def test_the_host_follows_from_the_site() -> None:
    keys = DatadogKeys(Secret(apiKey="a", appKey="b ", site="US5.datadoghq.com"), "stack/datadog").read()

    assert keys == Keys("a", "b", "us5.datadoghq.com", "https://api.us5.datadoghq.com")


def test_the_default_site_is_us1() -> None:
    assert DatadogKeys(Secret(apiKey="a", appKey="b"), "s").read().host == "https://api.datadoghq.com"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "the secret stack/datadog has no apiKey"),
        ({"apiKey": "a", "appKey": ""}, "the secret stack/datadog has no appKey"),
        ({"apiKey": "a", "appKey": "b", "site": "evil.example/x"}, "has an invalid site"),
    ],
)
def test_the_error_names_what_is_missing_in_the_secret(document: dict[str, Any], message: str) -> None:
    with pytest.raises(KeyMissing, match=message):
        DatadogKeys(Secret(**document), "stack/datadog").read()


def test_a_function_without_a_secret_has_no_keys() -> None:
    with pytest.raises(KeyMissing):
        DatadogKeys(Secret(), "").read()
