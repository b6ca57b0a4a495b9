"""Lenient JSON: payloads that the typed decoder rejects."""

import math

import msgspec
import pytest

from cloudops.adapters.parsing.lenient_json import (
    MAX_NESTING,
    NotJson,
    cleaned,
    coerce,
    decode_lenient,
    texts,
    untyped,
)


class Inner(msgspec.Struct):
    id: str = "none"


class Record(msgspec.Struct, rename="camel"):
    text_one: str = "default"
    number: int | str = ""
    names: list[str] = []
    pair: tuple[str, ...] | str = ""
    tags: dict[str, str] = {}
    inner: Inner | None = None
    inners: list[Inner] = []
    rest: msgspec.Raw = msgspec.Raw(b"{}")


DECODER = msgspec.json.Decoder(Record)


def test_a_payload_as_declared_is_decoded() -> None:
    assert decode_lenient(b'{"textOne": "a", "inner": {"id": "b"}}', DECODER) == Record(
        text_one="a", inner=Inner("b")
    )


def test_a_field_of_another_type_is_left_at_its_default_and_the_others_are_read() -> None:
    record = decode_lenient(
        b'{"textOne": ["a"], "names": ["x", null, {}, 5], "inner": 7, "pair": ["p", "q"]}', DECODER
    )
    assert record == Record(names=["x", "5"], pair=("p", "q"))


def test_a_number_in_a_text_field_is_read_as_text() -> None:
    assert decode_lenient(b'{"textOne": 5, "number": 6}', DECODER) == Record(text_one="5", number="6")


def test_booleans_in_labels_are_texts_and_objects_are_left_out() -> None:
    assert decode_lenient(b'{"tags": {"a": true, "b": 1, "c": {}, "d": null}}', DECODER).tags == {
        "a": "true",
        "b": "1",
    }
    assert texts(b'{"a": true, "b": 1, "c": {}}') == {"a": "true", "b": "1"}
    assert texts(b"[1]") == texts(b"{") == {}


def test_entries_of_a_list_that_are_not_records_are_left_out() -> None:
    assert decode_lenient(b'{"textOne": 1, "inners": [{"id": "a"}, 5, {"id": []}]}', DECODER).inners == [
        Inner("a"),
        Inner(),
    ]


def test_a_raw_field_stays_raw() -> None:
    assert bytes(decode_lenient(b'{"textOne": 1, "rest": {"a": [1]}}', DECODER).rest) == b'{"a":[1]}'


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"[]", "expected an object, not a list"),
        (b"5", "expected an object, not a number"),
        (b"true", "expected an object, not a boolean"),
        (b"{", "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ],
)
def test_a_payload_that_is_not_an_object_is_rejected(raw: bytes, reason: str) -> None:
    with pytest.raises(NotJson) as refusal:
        decode_lenient(raw, DECODER)
    assert str(refusal.value) == reason


def test_text_that_encoders_reject_is_replaced() -> None:
    assert untyped(b'"a\\ud800b"') == "a?b"
    assert untyped(b'"a\xffb"') == "a\ufffdb"
    assert untyped(b'"\\ud83d\\ude00"') == "\U0001f600"
    assert untyped(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_numbers_that_encoders_reject_are_floats_or_none() -> None:
    assert untyped(b"[NaN, Infinity, 1e400]") == [None, None, None]
    assert untyped(b"9007199254740993") == 9_007_199_254_740_993
    assert untyped(b"1" + b"0" * 30) == 1e30
    assert untyped(b"9" * 5_000) is None
    assert cleaned({1: [10**400, math.nan]}) == {"1": [None, None]}


def test_nesting_is_cut_at_a_depth_and_other_fields_stay() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    assert untyped(b'{"a": ' + deep + b', "b": "x]["}')["b"] == "x]["  # type: ignore[index]
    level, value = 0, untyped(b"[" * 40 + b"]" * 40)
    while isinstance(value, list) and value:
        level, value = level + 1, value[0]
    assert level == MAX_NESTING


def test_unclosed_nesting_is_rejected() -> None:
    with pytest.raises(NotJson):
        untyped(b'{"a":' * 100_000)


def test_a_null_field_keeps_its_default() -> None:
    assert coerce({"textOne": None, "names": None}, Record) == Record()
