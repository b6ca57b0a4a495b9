"""Declarations of endpoints: validation, and agreement with the handlers."""

import inspect
import re
from collections import Counter
from typing import Any

import pytest

from cloudops.api.audit_words import READS_ONLY, Audited, NotAudited, in_path
from cloudops.api.endpoint import Endpoint, command, everything, query
from cloudops.api.endpoints import ENDPOINTS
from cloudops.api.route import Access, Route, RouteIndex
from cloudops.core.errors import MethodNotAllowed, NotFound
from cloudops.identity.access import Role


def handler() -> None:
    """Do a thing.

    In two
    lines.
    """


def declared(one: Endpoint) -> str:
    return f"{one.method} {one.path}"


@pytest.mark.parametrize("missing", ["access", "audit"])
def test_an_endpoint_without_access_or_audit_decision_cannot_be_declared(missing: str) -> None:
    whole: dict[str, Any] = {
        "method": "POST",
        "path": "/x",
        "access": Role.VIEWER,
        "audit": NotAudited("y"),
        "handler": handler,
        "restriction": everything,
    }
    assert isinstance(Endpoint(**whole), Endpoint)
    del whole[missing]
    with pytest.raises(TypeError, match=missing):
        Endpoint(**whole)


def test_an_endpoint_that_changes_something_cannot_claim_only_to_read() -> None:
    with pytest.raises(ValueError, match="POST /x: the audit decision"):
        command("POST", "/x", Role.ADMIN, audit=READS_ONLY, restriction=everything)(handler)


def test_an_endpoint_that_changes_something_says_on_what() -> None:
    with pytest.raises(ValueError, match="POST /x: the restriction"):
        Endpoint("POST", "/x", Role.ADMIN, Audited("change", in_path("x")), handler)
    with pytest.raises(ValueError, match="GET /x: the restriction"):
        Endpoint("GET", "/x", Role.ADMIN, READS_ONLY, handler, restriction=everything)


def test_an_endpoint_that_reads_leaves_no_entry() -> None:
    with pytest.raises(ValueError, match="GET /x: the audit decision"):
        Endpoint("GET", "/x", Role.ADMIN, Audited("read", in_path("x")), handler)


def test_operation_summary_and_description_come_from_the_handler() -> None:
    def count_red_cars() -> None:
        """Count cars."""

    short, long = query("/a", Access.OPEN)(count_red_cars), query("/b", Access.OPEN)(handler)
    assert (short.operation, short.summary, short.description) == ("countRedCars", "Count cars", "")
    assert (long.operation, long.summary, long.description) == ("handler", "Do a thing", "In two lines.")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=declared)
def test_every_parameter_of_a_path_is_one_of_its_handler(endpoint: Endpoint) -> None:
    assert set(re.findall(r"\{(\w+)\}", endpoint.path)) <= set(inspect.signature(endpoint.handler).parameters)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=declared)
def test_every_answer_has_a_declared_model(endpoint: Endpoint) -> None:
    assert inspect.signature(endpoint.handler).return_annotation is not inspect.Signature.empty


def test_no_two_endpoints_share_an_operation() -> None:
    assert max(Counter(one.operation for one in ENDPOINTS).values()) == 1


def test_two_routes_with_one_method_and_path_are_refused() -> None:
    route = Route("GET", "/x", Access.OPEN)
    with pytest.raises(ValueError, match="GET /x is declared twice"):
        RouteIndex([route, route])


def test_a_path_without_parameters_goes_before_one_with_them() -> None:
    by_id, fixed = (Route("GET", path, Access.OPEN) for path in ("/x/{x_id}", "/x/new"))
    index = RouteIndex([by_id, fixed])
    assert index.find("GET", "/x/new") == (fixed, {})
    assert index.find("GET", "/x/1") == (by_id, {"x_id": "1"})


def test_an_unknown_path_and_an_unknown_method_are_different_errors() -> None:
    index = RouteIndex([Route("PUT", "/x", Access.OPEN), Route("GET", "/x", Access.OPEN)])
    with pytest.raises(NotFound):
        index.find("GET", "/y")
    with pytest.raises(MethodNotAllowed) as refused:
        index.find("POST", "/x")
    assert refused.value.allowed == "GET, PUT"
