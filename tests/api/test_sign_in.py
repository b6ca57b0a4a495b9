"""GET /api/me: who the caller is; a person's sign-in is remembered, so that an admin can link them."""

from typing import Any

import pytest

from cloudops.api.app import Api
from cloudops.core.errors import Unavailable
from cloudops.identity.people import KnownPerson
from tests.fakes.application import NOW, Agent
from tests.fakes.gateway import LambdaContext, Reply, reply, request
from tests.fakes.people import signed_in, token_of

TOKEN = "header.claims.signature"
ADA = signed_in("Ada Lovelace", sub="7f3c")


def who_am_i(agent: Agent, **identity: Any) -> Reply:
    known = {"reason": "known", "name": ADA.name, "subject": ADA.subject, "grants": "admin", "kind": "person"}
    event = request("GET", "/api/me", identity=known | identity, headers={"authorization": f"Bearer {TOKEN}"})
    return reply(Api(lambda: agent.application)(event, LambdaContext()))


def test_a_person_is_remembered_with_the_verified_email(agent: Agent) -> None:
    assert who_am_i(agent, email="Ada@Example.com").json["subject"] == ADA.subject
    person = KnownPerson(subject=ADA.subject, name=ADA.name, email="ada@example.com", seen_at=NOW)
    assert agent.people.all() == (person,)


def test_an_email_that_the_token_does_not_name_is_read_with_the_token(agent: Agent) -> None:
    agent.user_info[TOKEN] = "ada@example.com"
    who_am_i(agent)
    assert [(one.name, one.email) for one in agent.people.all()] == [(ADA.name, "ada@example.com")]


def test_a_person_is_remembered_by_name_while_the_email_cannot_be_read(agent: Agent) -> None:
    assert who_am_i(agent).status == 200
    assert [(one.name, one.email) for one in agent.people.all()] == [(ADA.name, "")]


def test_a_machine_is_not_remembered(agent: Agent) -> None:
    robot = token_of("robot")
    assert who_am_i(agent, name=robot.name, subject=robot.subject, kind="machine").status == 200
    assert agent.people.all() == ()


def test_a_person_is_answered_though_the_sign_in_cannot_be_remembered(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(person: KnownPerson) -> None:
        raise Unavailable("remember a sign-in: no answer")

    monkeypatch.setattr(agent.people, "put", fail)
    assert who_am_i(agent).status == 200
