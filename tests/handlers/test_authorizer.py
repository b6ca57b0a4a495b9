"""The authorizer: only a known token has a role, and the response does not contain the token."""

from cloudops.api.authorization import authorize
from cloudops.api.route import Route
from cloudops.handlers.authorizer import respond
from cloudops.identity.access import Grant, Role
from cloudops.identity.api_tokens import ApiTokens, TokenDocument
from cloudops.identity.authentication import Authenticate
from tests.fakes.documents import MemoryDocument, NoDocument
from tests.fakes.gateway import request
from tests.fakes.issuer import MemoryIssuer, identify


def book(document: TokenDocument) -> tuple[Authenticate, str]:
    tokens = ApiTokens(document)
    token, _ = tokens.create("jane", (Grant(Role.VIEWER),), bytes(range(32)), "2026-01-01T00:00:00Z")
    return identify(tokens, MemoryIssuer()), token


def test_a_known_token_passes_with_its_holder_and_role() -> None:
    tokens, token = book(MemoryDocument({}))
    event = request("GET", "/api/incidents", headers={"authorization": f"Bearer {token}"})
    assert respond(event, tokens) == {
        "isAuthorized": True,
        "context": {
            "reason": "known",
            "name": "jane",
            "subject": "token:tok_43891e84a2df",
            "grants": "viewer",
            "kind": "machine",
        },
    }


def test_the_response_of_the_authorizer_has_what_the_api_reads() -> None:
    tokens, token = book(MemoryDocument({}))
    event = request("GET", "/api/incidents", headers={"authorization": f"Bearer {token}"})
    event["requestContext"]["authorizer"] = {"lambda": respond(event, tokens)["context"]}
    authorize(Route("GET", "/api/incidents", Role.VIEWER), event)


def test_an_unknown_token_passes_without_a_role() -> None:
    tokens, token = book(MemoryDocument({}))
    event = request("GET", "/api/incidents", headers={"authorization": f"Bearer {token}0"})
    assert respond(event, tokens)["context"] == {"reason": "unknown"}


def test_a_missing_token_passes_without_a_role() -> None:
    tokens, _ = book(MemoryDocument({}))
    event = request("GET", "/api/incidents")
    assert respond(event, tokens)["context"] == {"reason": "absent"}
    del event["headers"]
    assert respond(event, tokens)["context"] == {"reason": "absent"}


def test_without_readable_token_records_no_caller_has_a_role() -> None:
    event = request("GET", "/api/incidents", headers={"authorization": "Bearer x"})
    assert respond(event, identify(ApiTokens(NoDocument()), MemoryIssuer()))["context"] == {
        "reason": "unverifiable"
    }


def test_a_signed_in_person_passes_with_name_and_role() -> None:
    issuer = MemoryIssuer()
    event = request("GET", "/api/incidents", headers={"authorization": f"Bearer {issuer.token()}"})
    assert respond(event, identify(ApiTokens(MemoryDocument({})), issuer))["context"] == {
        "reason": "known",
        "name": "ada",
        "subject": "https://issuer.example#ada",
        "grants": "admin",
        "kind": "person",
    }


def test_only_an_email_that_the_issuer_verified_is_passed_on() -> None:
    issuer = MemoryIssuer()

    def context(verified: bool) -> object:
        token = issuer.token(email="ada@example.com", email_verified=verified)
        event = request("GET", "/api/me", headers={"authorization": f"Bearer {token}"})
        return respond(event, identify(ApiTokens(MemoryDocument({})), issuer))["context"]

    assert "ada@example.com" in str(context(True))
    assert "ada@example.com" not in str(context(False))
