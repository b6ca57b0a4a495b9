"""Sign-in on the deployed stack: the authorizer verifies tokens with the issuer's keys, read over HTTP."""

import time

import pytest

from local.issuer.people import PEOPLE
from local.issuer.signing import AUDIENCE, CLIENT, Signer
from tests.e2e.stack_under_test import Answer, StackUnderTest

pytestmark = pytest.mark.emulator


def call(stack: StackUnderTest, method: str, path: str, token: str, body: object = None) -> Answer:
    return stack.call(method, path, body, headers={"authorization": f"Bearer {token}"})


def test_the_api_returns_the_issuer_for_sign_in(stack_under_test: StackUnderTest, signer: Signer) -> None:
    answer = stack_under_test.call("GET", "/api/sign-in")
    assert answer.body == {"issuer": signer.issuer, "clientId": CLIENT, "scopes": ["openid"]}
    assert AUDIENCE not in str(answer.body)


@pytest.mark.parametrize("person", ["ada", "grace", "linus"])
def test_a_signed_in_person_has_a_name_a_subject_and_a_role(
    stack_under_test: StackUnderTest, signer: Signer, person: str
) -> None:
    token = signer.access_token(PEOPLE[person], int(time.time()))
    answer = call(stack_under_test, "GET", "/api/me", token)
    assert answer.body == {
        "name": person,
        "role": PEOPLE[person].role,
        "kind": "person",
        "subject": f"{signer.issuer}#{person}",
        "grants": [PEOPLE[person].role],
    }


def test_a_signed_in_viewer_may_not_ingest(stack_under_test: StackUnderTest, signer: Signer) -> None:
    token = signer.access_token(PEOPLE["linus"], int(time.time()))
    body = {"alerts": [{"title": "p95 latency", "service": "linus-shop"}]}
    assert call(stack_under_test, "POST", "/api/incidents/ingest", token, body).status == 403


def test_an_old_token_and_an_id_token_are_refused(stack_under_test: StackUnderTest, signer: Signer) -> None:
    now = int(time.time())
    old = signer.access_token(PEOPLE["ada"], now - 2 * 3600)
    identity = signer.id_token(PEOPLE["ada"], now, "")
    for token, reason in ((old, "has expired"), (identity, "is meant for another application")):
        answer = call(stack_under_test, "GET", "/api/me", token)
        assert answer.status == 401
        assert reason in answer.body["error"]["message"]


def test_an_admin_stops_automation_and_the_trail_says_who_and_why(
    stack_under_test: StackUnderTest, signer: Signer
) -> None:
    ada = signer.access_token(PEOPLE["ada"], int(time.time()))
    try:
        switch(stack_under_test, ada, enabled=False)
    finally:
        switch(stack_under_test, ada, enabled=True)


def switch(stack: StackUnderTest, ada: str, *, enabled: bool) -> None:
    result = "enabled" if enabled else "stopped"
    body = {"enabled": enabled, "reason": f"{result} for a test"}
    answer = call(stack, "PUT", "/api/automation", ada, body)
    assert (answer.status, answer.body["enabled"]) == (200, enabled)
    entry = call(stack, "GET", "/api/audit?target=automation", ada).body["entries"][0]
    assert (entry["actor"], entry["result"], entry["reason"]) == ("ada", result, body["reason"])


def test_the_parameter_stops_automation_without_the_api(
    stack_under_test: StackUnderTest, signer: Signer
) -> None:
    ssm = stack_under_test.emulator.client("ssm")
    name = stack_under_test.outputs["AutomationParameter"]
    grace = signer.access_token(PEOPLE["grace"], int(time.time()))
    try:
        ssm.put_parameter(Name=name, Value="stopped: bad deploy", Overwrite=True)
        state = call(stack_under_test, "GET", "/api/automation", grace).body
        assert (state["enabled"], state["reason"]) == (False, "bad deploy")
    finally:
        ssm.put_parameter(Name=name, Value="enabled", Overwrite=True)
