"""Hostile bodies are errors of the caller, never of the API."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudops.api.app import Api
from cloudops.api.request_body import MAX_BODY_BYTES, MAX_BODY_LEVELS
from tests.fakes.application import Agent
from tests.fakes.gateway import Client, LambdaContext, Reply, reply, request

ROUTES = ("/api/feedback", "/api/incidents/ingest")
CALLER_ERRORS = {400, 404, 422}
EMPTY_BODY_STATUSES = {"/api/incidents/ingest": {201}}
"""Routes whose body may be empty: the sources are polled instead."""


def nested(levels: int, inside: str = "1") -> str:
    return '{"alerts": [' + "[" * levels + inside + "]" * levels + "]}"


HOSTILE: dict[str, str | bytes] = {
    "not JSON": "{",
    "trailing words": '{"value": 1} x',
    "a huge integer": '{"suggestionId": "x", "value": ' + "9" * 5_000 + "}",
    "an integer beyond 64 bits": '{"suggestionId": "x", "value": 18446744073709551617}',
    "a float beyond all floats": '{"suggestionId": "x", "value": 1e999}',
    "NaN": '{"suggestionId": "x", "value": NaN}',
    "Infinity": '{"alerts": [{"title": "x", "severity": -Infinity}]}',
    "deep nesting": nested(100_000),
    "nesting below the parser's own limit": nested(500),
    "unclosed nesting": '{"alerts":' + "[" * 100_000,
    "a lone surrogate": '{"suggestionId": "\\ud800", "value": 1}',
    "a lone surrogate in a key": '{"\\udfff": 1}',
    "invalid UTF-8": b'{"suggestionId": "\xff\xfe", "value": 1}',
    "UTF-16": '{"value": 1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"value": 1}',
    "a list": '[{"suggestionId": "x", "value": 1}]',
    "a string": '"alerts"',
    "a number": "7",
    "null": "null",
    "a form": "suggestionId=x&value=1",
    "zero bytes": b"\x00" * 100,
}


@pytest.fixture(scope="module")
def client() -> Client:
    agent = Agent()
    return Client(Api(lambda: agent.application))


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_a_bad_request(client: Client, path: str, name: str) -> None:
    answer = client("POST", path, HOSTILE[name])
    assert answer.status == 400
    assert answer.error["code"] == "bad_input"


@pytest.mark.parametrize("path", ROUTES)
def test_invalid_base64_is_a_bad_request(client: Client, path: str) -> None:
    event = request("POST", path, body=b"{}", identity=client.identity)
    event["body"] = "not base64 at all!"
    agent = Agent()
    assert reply(Api(lambda: agent.application)(event, LambdaContext())).error["field"] == "body"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
    ],
)
def test_a_content_type_other_than_json_is_a_bad_request(client: Client, content_type: str) -> None:
    answer = client("POST", ROUTES[0], '{"value": 1}', headers={"content-type": content_type})
    assert (answer.status, answer.error["field"]) == (400, "content-type")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", ""])
def test_the_content_type_is_read_leniently(client: Client, content_type: str) -> None:
    answer = client(
        "POST", ROUTES[0], {"suggestionId": "x", "value": 1}, headers={"content-type": content_type}
    )
    assert answer.status == 404


def test_nesting_is_limited(client: Client) -> None:
    levels = MAX_BODY_LEVELS - 2  # the object and its list of alerts are two
    honest = client("POST", ROUTES[1], nested(levels - 1))
    assert honest.status == 422
    assert client("POST", ROUTES[1], nested(levels)).error["message"] == (
        f"the body is nested deeper than {MAX_BODY_LEVELS} levels"
    )


@pytest.mark.parametrize("path", ROUTES)
def test_a_body_beyond_the_limit_is_too_large(client: Client, path: str) -> None:
    assert client("POST", path, "x" * (MAX_BODY_BYTES + 1)).status == 413


@pytest.mark.parametrize("path", ROUTES)
def test_a_base64_body_is_read(client: Client, path: str) -> None:
    assert client("POST", path, b'{"suggestionId": "x", "value": 1, "alert": 1}').status in CALLER_ERRORS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WORDS = st.sampled_from(
    ["alerts", "suggestionId", "value", "comment", "title", "status", "startsAt", "labels", "detail-type",
     "detail", "source", "Records", "Sns", "Message", "Type", "alert_transition", "tags", "date"]
)  # fmt: skip
BODIES = st.dictionaries(WORDS, JSON | st.dictionaries(WORDS, JSON) | st.lists(st.dictionaries(WORDS, JSON)))


def is_documented_response(answer: Reply) -> bool:
    return answer.status in (200, 201) or (answer.status in CALLER_ERRORS and bool(answer.error))


@settings(deadline=None, max_examples=150)
@given(path=st.sampled_from(ROUTES), body=BODIES)
def test_any_json_object_has_a_documented_response(client: Client, path: str, body: dict[str, Any]) -> None:
    assert is_documented_response(client("POST", path, json.dumps(body)))


@settings(deadline=None, max_examples=150)
@given(path=st.sampled_from(ROUTES), body=st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_have_a_documented_response(client: Client, path: str, body: bytes | str) -> None:
    answer = client("POST", path, body)
    assert answer.status in CALLER_ERRORS | EMPTY_BODY_STATUSES.get(path, set())


@settings(deadline=None, max_examples=100)
@given(
    query=st.dictionaries(
        st.sampled_from(["status", "severity", "service", "environment", "text", "limit", "cursor"]),
        st.text(max_size=40),
    )
)
def test_any_query_has_a_documented_response(client: Client, query: dict[str, str]) -> None:
    event = request("GET", "/api/incidents", identity=client.identity)
    event["queryStringParameters"] = query
    agent = Agent()
    answer = reply(Api(lambda: agent.application)(event, LambdaContext()))
    assert answer.status in (200, 400)
