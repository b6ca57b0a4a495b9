"""Compatibility of the API with the baseline document, and of changes in general."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloudops.api.openapi import openapi
from tests.api.compatibility import breaking_changes

BASELINE = Path(__file__).parents[2] / "docs" / "openapi-baseline.json"

Document = dict[str, Any]
Change = Callable[[Document], object]


def test_the_api_breaks_no_client_of_the_baseline() -> None:
    """CONTRIBUTING.md, "Changing the API", says how a break is accepted."""
    assert breaking_changes(json.loads(BASELINE.read_text()), openapi()) == []


def test_every_operation_and_every_response_field_of_the_api_is_compared() -> None:
    current = openapi()
    for path, item in current["paths"].items():
        for method in item:
            changed = copy.deepcopy(current)
            del changed["paths"][path][method]
            assert breaking_changes(current, changed) == [f"{method.upper()} {path}: removed"]
    for name, schema in current["components"]["schemas"].items():
        if name.endswith("View") and name != "ProblemView":
            changed = copy.deepcopy(current)
            field = next(iter(schema["properties"]))
            del changed["components"]["schemas"][name]["properties"][field]
            assert breaking_changes(current, changed), f"{name}.{field}"


def json_of(schema: str) -> Document:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def api() -> Document:
    """Returns a small document with a schema of each kind."""
    text, number = {"type": "string"}, {"type": "integer"}
    body = {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["a", "b"]},
            "title": {"type": "string", "maxLength": 20},
            "count": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
            "any": {},
        },
        "required": ["kind"],
    }
    view = {
        "type": "object",
        "properties": {
            "id": text,
            "size": {"type": "number"},
            "parent": {"anyOf": [{"$ref": "#/components/schemas/ThingView"}, {"type": "null"}]},
            "labels": {"type": "object", "additionalProperties": text},
            "tags": {"type": "array", "items": text},
            "state": {"type": "string", "enum": ["open"]},
        },
        "required": ["id", "size", "parent"],
    }
    operation = {
        "operationId": "putThing",
        "x-role": "operator",
        "parameters": [{"in": "query", "name": "limit", "schema": {**number, "maximum": 100}}],
        "requestBody": {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingBody"}}}
        },
        "responses": {
            "200": {"content": json_of("ThingView")},
            "404": {"description": "not found"},
        },
    }
    return {
        "paths": {"/things": {"put": operation}},
        "components": {"schemas": {"ThingBody": body, "ThingView": view}},
    }


def operation(document: Document) -> Document:
    found: Document = document["paths"]["/things"]["put"]
    return found


def body(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["ThingBody"]
    return found


def view(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["ThingView"]
    return found


def fields(schema: Document) -> Document:
    found: Document = schema["properties"]
    return found


def changed(change: Change) -> list[str]:
    after = api()
    change(after)
    return breaking_changes(api(), after)


LIMIT = {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100}}

BREAKING: dict[str, Change] = {
    "removed": lambda api: api["paths"].clear(),
    "operationId putThing became setThing": lambda api: operation(api).update(operationId="setThing"),
    "needs the role admin, before: operator": lambda api: operation(api).update({"x-role": "admin"}),
    "query parameter limit: removed": lambda api: operation(api)["parameters"].clear(),
    "query parameter limit: maximum 100 became 50": lambda api: operation(api).update(
        parameters=[{**LIMIT, "schema": {"type": "integer", "maximum": 50}}]
    ),
    "query parameter limit: required now": lambda api: operation(api).update(
        parameters=[{**LIMIT, "required": True}]
    ),
    "request body: required now": lambda api: operation(api)["requestBody"].update(required=True),
    "request: application/json: removed": lambda api: operation(api).pop("requestBody"),
    "request: title: removed": lambda api: fields(body(api)).pop("title"),
    "request: title: required now": lambda api: body(api).update(required=["kind", "title"]),
    "request: kind: the value 'b' is refused now": lambda api: fields(body(api)).update(
        kind={"type": "string", "enum": ["a", "c"]}
    ),
    "request: title: only certain values are accepted now": lambda api: fields(body(api)).update(
        title={"type": "string", "const": "x", "maxLength": 20}
    ),
    "request: title: maxLength 20 became 10": lambda api: fields(body(api))["title"].update(maxLength=10),
    "request: title: minLength none became 1": lambda api: fields(body(api))["title"].update(minLength=1),
    "request: title: pattern none became ^x": lambda api: fields(body(api))["title"].update(pattern="^x"),
    "request: count: type null became integer": lambda api: fields(body(api)).update(
        count={"type": "integer", "minimum": 1}
    ),
    "request: any: type any became string": lambda api: fields(body(api)).update(any={"type": "string"}),
    "request: other fields are refused now": lambda api: body(api).update(additionalProperties=False),
    "response 200: removed": lambda api: operation(api)["responses"].pop("200"),
    "response 200: id: removed": lambda api: (
        fields(view(api)).pop("id"),
        view(api)["required"].remove("id"),
    ),
    "response 200: id: may be absent now": lambda api: view(api)["required"].remove("id"),
    "response 200: id: type string became integer": lambda api: fields(view(api)).update(
        id={"type": "integer"}
    ),
    "response 200: id: type string became null": lambda api: fields(view(api)).update(
        id={"type": ["string", "null"]}
    ),
    "response 200: tags[]: type string became integer": lambda api: fields(view(api)).update(
        tags={"type": "array", "items": {"type": "integer"}}
    ),
    "response 200: labels: *: type string became any": lambda api: fields(view(api)).update(
        labels={"type": "object", "additionalProperties": {}}
    ),
}

COMPATIBLE: dict[str, Change] = {
    "nothing": lambda api: None,
    "a new operation": lambda api: api["paths"].update({"/others": {"get": operation(api)}}),
    "a lesser role": lambda api: operation(api).update({"x-role": "viewer"}),
    "a new optional parameter": lambda api: operation(api)["parameters"].append({**LIMIT, "name": "cursor"}),
    "a new optional request field": lambda api: fields(body(api)).update(new={"type": "string"}),
    "a request field that is no longer required": lambda api: body(api).update(required=[]),
    "a wider request enumeration": lambda api: fields(body(api))["kind"]["enum"].append("c"),
    "a higher limit": lambda api: fields(body(api))["title"].update(maxLength=30),
    "a request field that may be another type too": lambda api: fields(body(api)).update(
        title={"anyOf": [{"type": "string", "maxLength": 20}, {"type": "integer"}]}
    ),
    "a new response field": lambda api: fields(view(api)).update(new={"type": "string"}),
    "a response value of a narrower type": lambda api: fields(view(api)).update(size={"type": "integer"}),
    "a response that is never null any more": lambda api: fields(view(api)).update(
        parent={"$ref": "#/components/schemas/ThingView"}
    ),
    "a new value in a response": lambda api: fields(view(api))["state"]["enum"].append("closed"),
    "an error less": lambda api: operation(api)["responses"].pop("404"),
    "another name of a schema": lambda api: [
        api["components"]["schemas"].update(OtherBody=body(api)),
        operation(api)["requestBody"].update(content=json_of("OtherBody")),
    ],
}


@pytest.mark.parametrize("break_", BREAKING)
def test_a_change_that_can_break_a_client_is_named(break_: str) -> None:
    assert changed(BREAKING[break_]) == [f"PUT /things: {break_}"]


@pytest.mark.parametrize("change", COMPATIBLE)
def test_a_change_that_breaks_no_client_is_let_pass(change: str) -> None:
    assert changed(COMPATIBLE[change]) == []
