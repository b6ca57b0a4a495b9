"""The API against its OpenAPI document, with generated requests.

The requests are deterministic. An admin, a viewer and a caller without a token send them; responses and
roles are checked against the document.
"""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from cloudops.api.app import Api
from cloudops.api.openapi import openapi
from cloudops.handlers.authorizer import respond
from cloudops.identity.access import Grant, Role
from cloudops.identity.api_tokens import ApiTokens
from tests.fakes.application import Agent
from tests.fakes.documents import MemoryDocument
from tests.fakes.issuer import MemoryIssuer, identify
from tests.fakes.wsgi import application
from tests.ingestion.payloads import plain, received

agent = Agent(mock_adapters=True)
agent.ingest(received(plain("checkout"), plain("search"), '{"nothing": "known"}'))
book = ApiTokens(MemoryDocument({}))
issuer = MemoryIssuer()
who = identify(book, issuer)
api = Api(lambda: agent.application)

MADE = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
FEW = settings(MADE, max_examples=5)
"""Statuses that depend on the caller, not on the request."""
NO_ROUTE = {404, 405}
"""What is made from a path's parameters may be another path, or none."""


def authorizer(event: Any) -> Any:
    return respond(event, who)["context"]


machine, _ = book.create("jane", (Grant(Role.ADMIN),), bytes(range(32)), "2026-01-01T00:00:00Z")
viewer = issuer.token(**{"cognito:groups": ["viewer"]})


def schema() -> BaseSchema:
    made = schemathesis.openapi.from_dict(openapi())
    made.app = application(authorizer, api)
    return made


as_admin, bare = schema(), schema()


@as_admin.auth()
class Bearer:
    """Adds jane's token to every request but those that lack one on purpose."""

    def get(self, case: Case[Any], context: schemathesis.AuthContext) -> str:
        return f"Bearer {machine}"

    def set(self, case: Case[Any], data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = data


def role_of(case: Case[Any]) -> str:
    """Returns the role of an operation; "" if it is public."""
    return str(case.operation.definition.raw.get("x-role", ""))


@as_admin.parametrize()
@MADE
def test_every_answer_is_one_that_the_document_describes(case: Case[Any]) -> None:
    """But for one check: a cursor or a payload may be well formed and still be none of ours."""
    case.call_and_validate(excluded_checks=[positive_data_acceptance])


@bare.parametrize()
@FEW
def test_without_a_token_no_route_answers_that_needs_a_role(case: Case[Any]) -> None:
    case.headers.pop("Authorization", None)
    status = case.call().status_code
    assert status in {401, *NO_ROUTE} if role_of(case) else status < 500


@bare.parametrize()
@FEW
def test_a_viewer_gets_no_further_than_the_routes_of_viewers(case: Case[Any]) -> None:
    """Among the requests are some from which the header is taken away again."""
    case.headers["Authorization"] = f"Bearer {viewer}"
    answer = case.call()
    refusal = 403 if "Authorization" in answer.request.headers else 401
    if role_of(case) in {"operator", "admin"}:
        assert answer.status_code in {refusal, *NO_ROUTE}
    else:
        assert answer.status_code < 500
