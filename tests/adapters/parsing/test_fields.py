"""Single fields: times, links, bounds and unexpanded variables."""

import msgspec
import pytest

from cloudops.adapters.parsing.fields import bound_labels, instant, truncate, web_link, without_variables


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2026-03-02T08:15:30.917+0000", 1_772_439_330_917),
        ("2026-03-02T08:15:30.917Z", 1_772_439_330_917),
        ("2026-03-02T09:15:30.917+01:00", 1_772_439_330_917),
        ("2026-03-02T08:15:30", 1_772_439_330_000),
        ("2026-03-02T08:15:30.917123456Z", 1_772_439_330_917),
        ("1772439330917", 1_772_439_330_917),
        ("1772439330", 1_772_439_330_000),
        ("1772439330.917", 1_772_439_330_917),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("0", None),
        ("-5", None),
        ("nan", None),
        ("1e999", None),
        ("yesterday", None),
        ("", None),
        ("1" * 400, None),
        ("²", None),
    ],
)
def test_a_time_is_iso_8601_or_seconds_or_milliseconds(text: str, milliseconds: int | None) -> None:
    assert instant(text) == milliseconds


@pytest.mark.parametrize("address", ["https://example.com/a?b=c#d", "http://10.0.0.1:9090/graph"])
def test_a_web_address_is_a_link(address: str) -> None:
    assert web_link(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "ftp://x",
        "https://a b",
        "https://a\nb",
        " https://a",
        "https://" + "a" * 3_000,
    ],
)
def test_any_other_text_is_not_a_link(text: str) -> None:
    assert web_link(text) == ""


def test_a_text_is_cut_to_its_limit_and_ends_with_its_length() -> None:
    assert truncate("short", 30) == "short"
    assert truncate("x" * 31, 30) == "xxxxxxxxx [cut, 31 characters]"


def test_labels_within_bounds_are_unchanged() -> None:
    labels = {f"k{i}": "v" for i in range(64)}
    assert bound_labels(labels) is labels
    assert bound_labels({}) == {}
    assert bound_labels(labels | {"last": "v"})["labels_dropped"] == "1"


class Template(msgspec.Struct):
    title: str = ""
    tags: str | None = None
    number: int = 7


def test_only_a_field_that_is_wholly_a_variable_is_reset() -> None:
    record = without_variables(Template(title=" $EVENT_TITLE ", tags="$TAGS"))
    assert record == Template()
    partial = Template(title="$EVENT_TITLE is slow", tags="$10")
    assert without_variables(partial) == Template(title="$EVENT_TITLE is slow", tags="$10")
