"""The keys of Datadog's API as the secret holds them."""

from typing import Any

import pytest

from cloudops.adapters.datadog.credentials import DatadogKeys, Keys
from cloudops.core.errors import KeyMissing


class Secret:
    def __init__(self, **document: Any) -> None:
        self._document = document

    def read(self) -> dict[str, Any]:
        return self._document


def test_the_api_is_that_of_the_site() -> None:
    keys = DatadogKeys(Secret(apiKey="a", appKey="b ", site="US5.datadoghq.com"), "stack/datadog").read()

    assert keys == Keys("a", "b", "us5.datadoghq.com", "https://api.us5.datadoghq.com")


def test_the_first_site_is_meant_where_none_is_told() -> None:
    assert DatadogKeys(Secret(apiKey="a", appKey="b"), "s").read().host == "https://api.datadoghq.com"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "the secret stack/datadog has no apiKey"),
        ({"apiKey": "a", "appKey": ""}, "the secret stack/datadog has no appKey"),
        ({"apiKey": "a", "appKey": "b", "site": "evil.example/x"}, "has a site that is none"),
    ],
)
def test_a_key_that_is_not_there_is_missing_and_named(document: dict[str, Any], told: str) -> None:
    with pytest.raises(KeyMissing, match=told):
        DatadogKeys(Secret(**document), "stack/datadog").read()


def test_a_function_without_the_secret_has_no_keys() -> None:
    with pytest.raises(KeyMissing):
        DatadogKeys(Secret(), "").read()
