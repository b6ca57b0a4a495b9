"""The API against its own document: requests made from the schema, answers checked with it."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from cloudops.domain.access import Role
from cloudops.flows.tokens import TokenBook
from cloudops.handlers.authorizer import respond
from cloudops.handlers.http.app import Api
from cloudops.handlers.http.openapi import openapi
from tests.fakes.agent import Agent
from tests.fakes.documents import MemoryDocument
from tests.fakes.issuer import MemoryIssuer, identify
from tests.fakes.wsgi import application
from tests.flows.payloads import plain, received

agent = Agent(mock_adapters=True)
agent.ingest(received(plain("checkout"), plain("search"), '{"nothing": "known"}'))
book = TokenBook(MemoryDocument({}))
token, _ = book.create("jane", Role.ADMIN, bytes(range(32)), "2026-01-01T00:00:00Z")
who = identify(book, MemoryIssuer())


def authorizer(event: Any) -> Any:
    return respond(event, who)["context"]


@schemathesis.auth()
class Bearer:
    """Every generated request carries jane's token, but for those that are made to lack one."""

    def get(self, case: Case[Any], context: schemathesis.AuthContext) -> str:
        return f"Bearer {token}"

    def set(self, case: Case[Any], data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = data


schema = schemathesis.openapi.from_dict(openapi())
schema.app = application(authorizer, Api(lambda: agent.services))


@schema.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_tells_of(case: Case[Any]) -> None:
    """But for one check: a cursor or a payload may be well formed and still be none of ours."""
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
