"""The committed OpenAPI document: valid, current, and equal to the routes."""

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from pydantic import BaseModel

from cloudops.api.endpoints import ENDPOINTS
from cloudops.api.openapi import openapi, openapi_text
from cloudops.api.route import Access

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi()


def test_the_committed_document_is_current() -> None:
    assert COMMITTED.read_text() == openapi_text(), "run: cloudops openapi > docs/openapi.json"


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_route_is_documented_with_the_role_that_it_needs(document: dict[str, Any]) -> None:
    documented = {
        (method.upper(), path): operation.get("x-role")
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert documented == {
        (one.method, one.path): None if one.access is Access.OPEN else one.access.value for one in ENDPOINTS
    }


def test_every_route_but_health_and_sign_in_asks_for_a_bearer_token(document: dict[str, Any]) -> None:
    open_paths = [
        path
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if not operation.get("security")
    ]
    assert open_paths == ["/health", "/api/sign-in"]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_every_error_has_the_same_schema(document: dict[str, Any]) -> None:
    errors = [
        answer["content"]["application/json"]["schema"]["$ref"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
    ]
    assert set(errors) == {"#/components/schemas/ProblemView"}
    assert "HTTPValidationError" not in json.dumps(document)


def test_an_incident_is_documented_as_it_is_answered(document: dict[str, Any]) -> None:
    properties = document["components"]["schemas"]["IncidentView"]["properties"]
    assert {"id", "openedAt", "alertCount", "alerts", "suggestions"} <= set(properties)
    assert properties["openedAt"]["format"] == "date-time"


def test_the_document_has_the_version_of_the_package(document: dict[str, Any]) -> None:
    project = tomllib.loads((COMMITTED.parents[1] / "pyproject.toml").read_text())["project"]
    assert document["info"]["version"] == project["version"]


def models(base: type[BaseModel] = BaseModel) -> set[type[BaseModel]]:
    """Returns every model of the API, also those that the document lacks."""
    found = {one for one in base.__subclasses__() if one.__module__.startswith("cloudops.")}
    return found.union(*map(models, base.__subclasses__()))


def test_every_schema_has_a_chosen_name_and_none_that_is_made_from_a_module(document: dict[str, Any]) -> None:
    """Where two classes share a name, both are named by their modules: rename one of them."""
    names = document["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"([A-Z][a-z]+)+", name)] == []


def test_no_two_models_of_the_api_share_a_name() -> None:
    shared = {name: count for name, count in Counter(one.__name__ for one in models()).items() if count > 1}
    assert shared == {}


def test_every_schema_but_an_enumeration_is_the_model_of_its_name(
    document: dict[str, Any],
) -> None:
    known = {one.__name__ for one in models()}
    schemas = document["components"]["schemas"]
    others = {name for name, schema in schemas.items() if "enum" not in schema} - known
    assert others == {"JsonValue"}
