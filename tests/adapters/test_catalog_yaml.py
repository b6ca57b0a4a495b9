"""catalog.yaml: what people write, and how mistakes in it are named."""

import pytest

from cloudops.adapters.catalog_yaml import MAX_BYTES, read_catalog
from cloudops.core.errors import BadInput


def test_json_is_read_as_the_same_catalog() -> None:
    assert read_catalog('{"services": {"cart": {}}}') == read_catalog("services:\n  cart: {}\n")


def test_a_key_that_is_there_twice_is_a_mistake_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"'cart' is there twice.*line 3"):
        read_catalog("services:\n  cart: {}\n  cart: {}\n")


def test_what_is_no_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(BadInput, match="line 3") as refused:
        read_catalog("services:\n  cart: [\n")
    assert refused.value.field == "services"


def test_a_tag_that_would_build_an_object_is_refused() -> None:
    with pytest.raises(BadInput, match="could not determine a constructor"):
        read_catalog("!!python/object/apply:os.getcwd []")


def test_a_catalog_has_a_largest_size() -> None:
    with pytest.raises(BadInput, match=f"longer than {MAX_BYTES} characters"):
        read_catalog(" " * (MAX_BYTES + 1))
