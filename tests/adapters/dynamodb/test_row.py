"""The model, and the shape of the table that infra builds for it."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from cloudops.adapters.dynamodb import table
from cloudops.adapters.dynamodb.row import Row, bind


def test_the_model_and_the_table_name_the_same_keys_and_indexes() -> None:
    schema = Row._get_schema()

    assert _names(schema["key_schema"]) == [table.PARTITION_KEY, table.SORT_KEY]
    assert Row.get_attributes()["expires"].attr_name == table.EXPIRY
    assert {
        (index["index_name"], *_names(index["key_schema"]), *index["projection"]["NonKeyAttributes"])
        for index in schema["global_secondary_indexes"]
    } == {(index.name, index.partition_key, index.sort_key, *index.projected) for index in table.INDEXES}


def _names(keys: Sequence[Mapping[str, Any]]) -> list[str]:
    """The partition key's name, then the sort key's."""
    return [key["AttributeName"] for key in sorted(keys, key=lambda key: str(key["KeyType"]))]


def test_rows_of_two_tables_do_not_share_a_name_or_a_client() -> None:
    first, second = bind("first", "eu-west-1"), bind("second", "us-east-1")

    assert (first.Meta.table_name, second.Meta.table_name) == ("first", "second")
    assert first._get_connection() is not second._get_connection()


def test_a_call_has_little_time_and_few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    config: Any = bind("incidents", "eu-west-1")._get_connection().connection.client.meta.config

    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}


def test_the_table_s_shape_can_be_read_without_importing_pynamodb() -> None:
    script = (
        "import sys, cloudops.adapters.dynamodb.table;"
        "print([name for name in ('pynamodb', 'botocore', 'msgspec') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
