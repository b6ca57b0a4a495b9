"""What the API reference says of an OpenAPI document."""

import json
from typing import Any

from infra.bundle import ROOT
from tools.openapi_reference import render

THING: dict[str, Any] = {
    "description": "A thing.",
    "properties": {
        "name": {"type": "string", "description": "Its name | alias."},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
        "at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["name"],
}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/api/things/{id}": {
            "put": {
                "summary": "Replace a thing",
                "x-role": "operator",
                "parameters": [
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                        "description": "Its id.",
                    }
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                },
                "responses": {"204": {"description": "Replaced"}},
            }
        },
        "/health": {"get": {"summary": "Check health", "responses": {"200": {"description": "Healthy"}}}},
    },
    "components": {"schemas": {"Thing": THING, "Part": {"enum": ["wheel", "axle"]}}},
}


def test_endpoints_are_grouped_by_resource_and_schemas_follow() -> None:
    headings = [line for line in render(DOCUMENT).splitlines() if line.startswith("#")]
    assert headings == [
        "## Health",
        "### `GET /health`",
        "## Things",
        "### `PUT /api/things/{id}`",
        "## Schemas",
        "### Part",
        "### Thing",
    ]


def test_an_endpoint_shows_role_parameters_body_and_answers() -> None:
    lines = render(DOCUMENT).splitlines()
    assert "Role: operator." in lines
    assert "No token is needed." in lines
    assert "| `id` | path | string | yes | Its id. |" in lines
    assert "Body: [Thing](#schema-thing)." in lines
    assert "| 204 | Replaced | none |" in lines


def test_a_schema_shows_its_fields_with_links_to_other_schemas() -> None:
    lines = render(DOCUMENT).splitlines()
    assert "(schema-thing)=" in lines
    assert "| `name` | string | yes | Its name \\| alias. |" in lines
    assert "| `parts` | list of [Part](#schema-part) | no |  |" in lines
    assert "| `at` | string (date-time) or null | no |  |" in lines
    assert "| `labels` | map to string | no |  |" in lines
    assert "One of `wheel`, `axle`." in lines


def test_every_endpoint_and_schema_of_the_api_is_in_the_reference() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    lines = set(render(document).splitlines())
    for path, operations in document["paths"].items():
        assert {f"### `{method.upper()} {path}`" for method in operations} <= lines
    assert {f"### {name}" for name in document["components"]["schemas"]} <= lines
