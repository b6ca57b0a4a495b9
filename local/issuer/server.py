"""The issuer over HTTP: discovery, keys, sign-in page, token endpoint; on loopback only."""

import json
import os
import re
import secrets
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from local.issuer.grants import DASHBOARD, Grants, Unanswerable, parse
from local.issuer.page import page, sign_in_page
from local.issuer.people import PEOPLE
from local.issuer.signing import LIFETIME_SECONDS, Signer
from local.ports import identity

MAX_BODY: Final = 16_384
"""Bytes."""
_SIGNED_OUT = re.compile(DASHBOARD + "/")


def document(issuer: str) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0, section 3 (Any: its JSON)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "end_session_endpoint": f"{issuer}/signed-out",
        "jwks_uri": f"{issuer}/jwks.json",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": ["authorization_code"],
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": ["openid"],
    }


def serving(port: int, signer: Signer) -> ThreadingHTTPServer:
    """The server, which listens already and serves once `serve_forever` is called."""

    class Bound(Handler):
        issuer = signer
        grants = Grants()

    return ThreadingHTTPServer(("127.0.0.1", port), Bound)


class Handler(BaseHTTPRequestHandler):
    issuer: ClassVar[Signer]
    grants: ClassVar[Grants]

    def do_GET(self) -> None:
        routes: dict[str, Callable[[], None]] = {
            "/.well-known/openid-configuration": lambda: self._json(200, document(self.issuer.issuer)),
            "/jwks.json": lambda: self._json(200, {"keys": [self.issuer.public]}),
            "/authorize": self._ask,
            "/signed-out": self._sign_out,
        }
        routes.get(urlsplit(self.path).path, self._nowhere)()

    def do_POST(self) -> None:
        routes = {"/authorize": self._choose, "/token": self._exchange}
        routes.get(urlsplit(self.path).path, self._nowhere)()

    def _ask(self) -> None:
        parameters = self._query()
        try:
            request, error = parse(parameters)
        except Unanswerable as reason:
            self._html(400, page("This cannot be answered", f"<p>{reason}</p>"))
            return
        if error:
            self._redirect(request.answer(error=error))
        else:
            self._html(200, sign_in_page(parameters))

    def _choose(self) -> None:
        parameters = self._form()
        person = PEOPLE.get(parameters.pop("person", ""))
        try:
            request, error = parse(parameters)
        except Unanswerable as reason:
            self._html(400, page("This cannot be answered", f"<p>{reason}</p>"))
            return
        if error or person is None:
            self._redirect(request.answer(error=error or "access_denied"))
            return
        code = secrets.token_urlsafe(32)
        self.grants.grant(code, request, person, time.time())
        self._redirect(request.answer(code=code))

    def _exchange(self) -> None:
        now = time.time()
        found = self.grants.exchange(self._form(), now)
        if found is None:
            self._json(400, {"error": "invalid_grant"})
            return
        person, nonce = found
        tokens = {
            "access_token": self.issuer.access_token(person, int(now)),
            "id_token": self.issuer.id_token(person, int(now), nonce),
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
            "scope": "openid",
        }
        self._json(200, tokens)

    def _sign_out(self) -> None:
        """Nothing is remembered of anybody, so nothing is to be forgotten."""
        where = self._query().get("post_logout_redirect_uri", "")
        if _SIGNED_OUT.fullmatch(where):
            self._redirect(where)
        else:
            self._html(200, page("You are signed out", ""))

    def _nowhere(self) -> None:
        self._json(404, {"error": "not_found"})

    def _query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))

    def _form(self) -> dict[str, str]:
        length = min(int(self.headers.get("content-length") or 0), MAX_BODY)
        return dict(parse_qsl(self.rfile.read(length).decode("utf-8", "replace")))

    def _json(self, status: int, body: object) -> None:
        """For the dashboard of any origin: what is answered here is public, or needs a code's verifier."""
        headers = {"content-type": "application/json", "access-control-allow-origin": "*"}
        self._answer(status, json.dumps(body).encode(), headers)

    def _html(self, status: int, text: str) -> None:
        self._answer(status, text.encode(), {"content-type": "text/html; charset=utf-8"})

    def _redirect(self, where: str) -> None:
        self._answer(303, b"", {"location": where})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        standard = {
            "via": f"1.1 {identity()} ({os.getpid()})",
            "cache-control": "no-store",
            "content-length": str(len(body)),
        }
        for name, value in (standard | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
