"""catalog.yaml: syntax, and the messages for mistakes."""

import pytest

from cloudops.adapters.catalog_yaml import MAX_CATALOG_CHARACTERS, read_catalog
from cloudops.core.errors import BadInput


def test_json_is_read_as_the_same_catalog() -> None:
    assert read_catalog('{"services": {"cart": {}}}') == read_catalog("services:\n  cart: {}\n")


def test_a_repeated_key_is_rejected_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"'cart' is there twice.*line 3"):
        read_catalog("services:\n  cart: {}\n  cart: {}\n")


def test_a_text_that_is_not_yaml_is_rejected_with_its_line() -> None:
    with pytest.raises(BadInput, match="line 3") as refused:
        read_catalog("services:\n  cart: [\n")
    assert refused.value.field == "services"


def test_a_tag_that_builds_an_object_is_rejected() -> None:
    with pytest.raises(BadInput, match="could not determine a constructor"):
        read_catalog("!!python/object/apply:os.getcwd []")


def test_the_size_of_a_catalog_is_bounded() -> None:
    with pytest.raises(BadInput, match=f"longer than {MAX_CATALOG_CHARACTERS} characters"):
        read_catalog(" " * (MAX_CATALOG_CHARACTERS + 1))
