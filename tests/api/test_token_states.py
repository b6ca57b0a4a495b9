"""Every route with every role and state of a token, through the authorizer."""

import base64
import json
import re
from collections.abc import Callable

import jwt
import pytest

from cloudops.api.app import Api
from cloudops.api.application import Application, ApplicationFactory
from cloudops.api.endpoints import ENDPOINTS
from cloudops.handlers.authorizer import respond
from cloudops.identity.access import Grant, Role
from cloudops.identity.api_tokens import ApiTokens
from tests.fakes.application import Agent
from tests.fakes.documents import MemoryDocument, NoDocument
from tests.fakes.gateway import LambdaContext, Reply, reply, request
from tests.fakes.issuer import NOW, MemoryIssuer, claims_of, elliptic, identify, rivest

NEEDED = {(one.method, one.path): one.access if isinstance(one.access, Role) else None for one in ENDPOINTS}
"""The role of each endpoint; None if it is public."""
CREATED = "2026-01-01T00:00:00Z"


def unreachable_application() -> Application:
    raise LookupError("a route was reached")


def agent() -> Application:
    return Agent().application


class World:
    """An issuer, a token book, and an API, behind whose routes is nothing unless the test says so."""

    def __init__(
        self,
        document: MemoryDocument | NoDocument | None = None,
        application: ApplicationFactory = unreachable_application,
    ) -> None:
        self._api = Api(application)
        self.issuer = MemoryIssuer()
        self.issuer.signing["rsa"] = rivest("rsa")
        self.issuer.publish()
        self.tokens = ApiTokens(document or MemoryDocument({}))
        self._who = identify(self.tokens, self.issuer)

    def call(self, method: str, path: str, token: str) -> Reply:
        """Calls the authorizer, and then the API with its context, like the gateway."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        event = request(method, re.sub(r"\{\w+\}", "x", path), headers=headers)
        event["requestContext"]["authorizer"] = {"lambda": respond(event, self._who)["context"]}
        return reply(self._api(event, LambdaContext()))


def signed(world: World, role: Role, kid: str = "one", **claims: object) -> str:
    return world.issuer.token(kid, **{"cognito:groups": [role.value], **claims})


def unsigned(role: Role) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'kid': 'one'})}.{part(claims_of(**{'cognito:groups': [role.value]}))}."


def machine(world: World, role: Role) -> str:
    return world.tokens.create(f"a {role}", (Grant(role),), bytes(range(32)), CREATED)[0]


def revoked(world: World, role: Role) -> str:
    token, record = world.tokens.create(f"a {role}", (Grant(role),), bytes(range(32)), CREATED)
    world.tokens.revoke(record.id)
    return token


def forged(world: World, role: Role) -> str:
    return jwt.encode(claims_of(**{"cognito:groups": [role.value]}), elliptic("eve"), "ES256", {"kid": "one"})


State = Callable[[World, Role], str]

VALID: dict[str, State] = {
    "signed with ES256": signed,
    "signed with RS256": lambda world, role: signed(world, role, "rsa"),
    "machine token": machine,
}
INVALID: dict[str, State] = {
    "absent": lambda world, role: "",
    "malformed": lambda world, role: signed(world, role)[:-40] + "." + "x" * 39,
    "cut off": lambda world, role: signed(world, role)[:-1],
    "expired": lambda world, role: signed(world, role, exp=NOW - 61),
    "not yet valid": lambda world, role: signed(world, role, nbf=NOW + 61),
    "wrong issuer": lambda world, role: signed(world, role, iss="https://other.example"),
    "wrong audience": lambda world, role: signed(world, role, client_id="other"),
    "ID token": lambda world, role: signed(world, role, token_use="id"),
    "wrong key": forged,
    "alg none": lambda world, role: unsigned(role),
    "revoked machine token": revoked,
    "unknown machine token": lambda world, role: "cloudops_" + "0" * 64,
}


def statuses_of(token: str, world: World) -> dict[tuple[str, str], int]:
    """Returns the status of each route; 200 stands for every status but 401 and 403."""
    statuses = {route: world.call(*route, token).status for route in NEEDED}
    return {route: status if status in {401, 403} else 200 for route, status in statuses.items()}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", INVALID)
def test_an_invalid_token_reaches_only_public_routes(state: str, role: Role) -> None:
    world = World()
    expected = {route: 200 if needed is None else 401 for route, needed in NEEDED.items()}
    assert statuses_of(INVALID[state](world, role), world) == expected


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", VALID)
def test_a_valid_token_reaches_the_routes_of_its_role(state: str, role: Role) -> None:
    world = World()
    expected = {
        route: 200 if needed is None or role.rank >= needed.rank else 403 for route, needed in NEEDED.items()
    }
    assert statuses_of(VALID[state](world, role), world) == expected


def test_a_person_without_a_role_gets_a_403() -> None:
    world = World()
    expected = {route: 200 if needed is None else 403 for route, needed in NEEDED.items()}
    assert statuses_of(world.issuer.token(**{"cognito:groups": ["engineering"]}), world) == expected


def test_while_the_issuer_is_down_people_get_a_503_and_api_tokens_work() -> None:
    world = World()
    world.issuer.down = True
    person = world.call("GET", "/api/me", signed(world, Role.ADMIN))
    assert (person.status, person.error["code"]) == (503, "unavailable")
    assert world.call("GET", "/api/me", machine(world, Role.VIEWER)).status == 200


def test_while_the_token_records_cannot_be_read_people_are_identified() -> None:
    world = World(NoDocument(), agent)
    assert world.call("GET", "/api/me", "cloudops_00").status == 503
    assert world.call("GET", "/api/me", signed(world, Role.ADMIN)).status == 200


def test_a_person_and_a_machine_have_different_kinds() -> None:
    world = World(application=agent)
    person = world.call("GET", "/api/me", signed(world, Role.ADMIN))
    assert person.json == {
        "name": "ada",
        "subject": "https://issuer.example#ada",
        "role": "admin",
        "grants": ["admin"],
        "kind": "person",
    }
    machine_caller = world.call("GET", "/api/me", machine(world, Role.VIEWER))
    (record,) = world.tokens.records()
    subject = f"token:{record.id}"
    assert machine_caller.json == {
        "name": "a viewer",
        "subject": subject,
        "role": "viewer",
        "grants": ["viewer"],
        "kind": "machine",
    }


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("absent", "a bearer token is needed"),
        ("expired", "has expired"),
        ("not yet valid", "is not valid yet"),
        ("wrong issuer", "has another issuer"),
        ("wrong audience", "is meant for another application"),
        ("ID token", "is not an access token"),
        ("wrong key", "is not signed by the issuer"),
        ("alg none", "is not signed by the issuer"),
        ("revoked machine token", "is unknown"),
    ],
)
def test_a_401_says_what_is_wrong_without_quoting_the_token(state: str, message: str) -> None:
    world = World()
    token = INVALID[state](world, Role.ADMIN)
    answer = world.call("GET", "/api/incidents", token)
    assert message in answer.error["message"]
    assert not token or token not in answer.text
