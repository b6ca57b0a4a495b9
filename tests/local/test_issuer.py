"""The local issuer: the code flow with PKCE, and tokens that the authorizer accepts."""

import hashlib
import json
import threading
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from cloudops.adapters.oidc.http import JsonHttpClient
from cloudops.adapters.oidc.issuer import JwksClient, OidcIssuer
from cloudops.core.errors import Unavailable
from cloudops.identity.access import AccessReason, Caller, CallerKind, Grant, Role, person_subject
from cloudops.identity.api_tokens import ApiTokens
from cloudops.identity.authentication import Authenticate
from cloudops.identity.jwt_claims import ClaimPolicy
from local.issuer.people import PEOPLE
from local.issuer.server import serving
from local.issuer.signing import AUDIENCE, CLIENT, Signer
from local.ports import free_port
from tests.fakes.documents import MemoryDocument

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Those of RFC 7636, appendix B."""
BACK = "http://localhost:4000/signed-in"
ASKED = {
    "response_type": "code",
    "client_id": CLIENT,
    "redirect_uri": BACK,
    "scope": "openid",
    "state": "s 1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


class Unredirected(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://localhost:{port}"
    server = serving(port, Signer.kept_in(tmp_path_factory.mktemp("issuer"), address))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    server.server_close()
    thread.join()


def ask(address: str, form: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
    """Status, headers in lower case and text, with no redirect followed."""
    url = address.replace("localhost", "127.0.0.1", 1)
    request = urllib.request.Request(url, data=urlencode(form).encode() if form else None)
    try:
        with urllib.request.build_opener(Unredirected).open(request, timeout=5) as answer:
            return answer.status, _lower(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as other:
        with other:
            return other.code, _lower(other.headers), other.read().decode()


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def code_of(issuer: str, person: str, **asked: str) -> str:
    _, headers, _ = ask(f"{issuer}/authorize", ASKED | asked | {"person": person})
    return dict(parse_qsl(urlsplit(headers["location"]).query))["code"]


def exchange(issuer: str, code: str, **changed: str) -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    status, _, text = ask(f"{issuer}/token", form | changed)
    return status, json.loads(text)


def identify(issuer: str) -> Authenticate:
    """As the deployed authorizer does it, over HTTP."""
    reader = JsonHttpClient()
    keys = JwksClient(
        issuer, lambda address: reader.get(address.replace("localhost", "127.0.0.1", 1)), time.monotonic
    )
    policy = ClaimPolicy(issuer, AUDIENCE, roles_claim="roles", name_claim="sub")
    return Authenticate(ApiTokens(MemoryDocument({})), OidcIssuer(keys), policy, time.time)


def test_the_page_offers_three_people_and_keeps_the_request(issuer: str) -> None:
    hostile = urlencode(ASKED | {"state": '"><script>'})
    status, _, text = ask(f"{issuer}/authorize?{hostile}")
    assert status == 200
    for person in PEOPLE.values():
        assert f'<button name="person" value="{person.id}">{person.name}' in text
    assert 'name="state" value="&quot;&gt;&lt;script&gt;"' in text


@pytest.mark.parametrize(
    ("person", "role"), [("ada", Role.ADMIN), ("grace", Role.OPERATOR), ("linus", Role.VIEWER)]
)
def test_a_person_who_signs_in_is_a_caller_with_a_role(issuer: str, person: str, role: Role) -> None:
    status, tokens = exchange(issuer, code_of(issuer, person))
    assert (status, tokens["token_type"], tokens["expires_in"]) == (200, "Bearer", 3600)
    found = identify(issuer).identify(f"Bearer {tokens['access_token']}")
    subject = person_subject(issuer, person)
    assert found.caller == Caller(person, (Grant(role),), subject, CallerKind.PERSON, f"{person}@example.com")


def test_the_redirect_has_the_state_of_the_request(issuer: str) -> None:
    _, headers, _ = ask(f"{issuer}/authorize", ASKED | {"person": "ada"})
    assert headers["location"].startswith(f"{BACK}?code=")
    assert headers["location"].endswith("&state=s+1")


def test_an_id_token_is_rejected_by_the_api(issuer: str) -> None:
    _, tokens = exchange(issuer, code_of(issuer, "ada", nonce="n1"))
    assert identify(issuer).identify(f"Bearer {tokens['id_token']}").reason is AccessReason.WRONG_AUDIENCE


def test_a_code_is_valid_once(issuer: str) -> None:
    code = code_of(issuer, "ada")
    assert exchange(issuer, code)[0] == 200
    assert exchange(issuer, code) == (400, {"error": "invalid_grant"})
    assert exchange(issuer, "guess") == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": VERIFIER[:-1] + "x"},
        {"code_verifier": ""},
        {"code_verifier": CHALLENGE},
        {"redirect_uri": "http://localhost:4999/signed-in"},
        {"client_id": "other"},
        {"grant_type": "password"},
    ],
)
def test_a_code_needs_the_verifier_and_the_address_of_its_request(
    issuer: str, changed: dict[str, str]
) -> None:
    assert exchange(issuer, code_of(issuer, "ada"), **changed) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://eve.example/signed-in"},
        {"redirect_uri": "http://localhost:4000@eve.example/signed-in"},
        {"redirect_uri": "http://localhost.eve.example/signed-in"},
        {"redirect_uri": "http://localhost:4000/elsewhere"},
        {"redirect_uri": "http://localhost:4000/signed-in\r\nx: y"},
        {"client_id": "other"},
    ],
)
def test_a_request_with_a_foreign_redirect_is_rejected(issuer: str, changed: dict[str, str]) -> None:
    for answer in (
        ask(f"{issuer}/authorize?{urlencode(ASKED | changed)}"),
        ask(f"{issuer}/authorize", ASKED | changed | {"person": "ada"}),
    ):
        assert answer[0] == 400
        assert "location" not in answer[1]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
    ],
)
def test_a_request_without_pkce_or_with_another_flow_redirects_with_an_error(
    issuer: str, changed: dict[str, str], error: str
) -> None:
    status, headers, _ = ask(f"{issuer}/authorize?{urlencode(ASKED | changed)}")
    assert (status, headers["location"]) == (303, f"{BACK}?error={error}&state=s+1")


def test_the_challenge_is_the_sha_256_of_the_verifier() -> None:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    assert urlsafe_b64encode(digest).decode().rstrip("=") == CHALLENGE


def test_a_dashboard_of_another_port_may_read_the_document_the_keys_and_its_tokens(issuer: str) -> None:
    for path in ("/.well-known/openid-configuration", "/jwks.json", "/token"):
        assert ask(f"{issuer}{path}")[1]["access-control-allow-origin"] == "*"


def test_a_sign_out_redirects_only_to_a_local_dashboard(issuer: str) -> None:
    home = urlencode({"post_logout_redirect_uri": "http://localhost:4000/"})
    assert ask(f"{issuer}/signed-out?{home}")[1]["location"] == "http://localhost:4000/"
    away = urlencode({"post_logout_redirect_uri": "https://eve.example/"})
    assert "location" not in ask(f"{issuer}/signed-out?{away}")[1]


def test_the_key_is_created_once_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    first = Signer.kept_in(tmp_path, "http://localhost:1")
    assert Signer.kept_in(tmp_path, "http://localhost:1").public == first.public
    assert (tmp_path / "issuer.pem").stat().st_mode & 0o777 == 0o600


def test_a_silent_address_or_a_response_without_json_is_unavailable(issuer: str) -> None:
    here = issuer.replace("localhost", "127.0.0.1", 1)
    for address in (f"http://127.0.0.1:{free_port()}/", f"{here}/signed-out", f"{here}/nowhere"):
        with pytest.raises(Unavailable):
            JsonHttpClient().get(address)
