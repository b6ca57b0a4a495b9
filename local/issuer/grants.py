"""The authorization code flow with PKCE: which requests are granted, and what a code is exchanged for."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from local.issuer.people import Person
from local.issuer.signing import CLIENT

DASHBOARD: Final = r"http://(localhost|127\.0\.0\.1)(:\d{1,5})?"
"""Any port of this machine (RFC 8252, section 7.3)."""
CODE_LIFETIME_SECONDS: Final = 60
"""Seconds."""

_RETURN = re.compile(DASHBOARD + "/signed-in")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""SHA-256 in base64url (RFC 7636, section 4.2)."""


class Unanswerable(ValueError):
    """A request that must not be answered to the address that it names: it may be anybody's."""


@dataclass(frozen=True, slots=True)
class Request:
    """A browser's request to sign a person in."""

    redirect_uri: str
    challenge: str
    state: str
    nonce: str

    def answer(self, **words: str) -> str:
        """Where the browser goes back to, and with which words."""
        query = words | ({"state": self.state} if self.state else {})
        return f"{self.redirect_uri}?{urlencode(query)}"


def parse(parameters: Mapping[str, str]) -> tuple[Request, str]:
    """The request, and the OAuth error that it is to be answered with, or nothing. Unanswerable says why."""
    where = parameters.get("redirect_uri", "")
    if parameters.get("client_id") != CLIENT:
        raise Unanswerable(f"client_id must be {CLIENT}")
    if not _RETURN.fullmatch(where):
        raise Unanswerable("redirect_uri must be http://localhost:<port>/signed-in")
    challenge = parameters.get("code_challenge", "")
    request = Request(where, challenge, parameters.get("state", ""), parameters.get("nonce", ""))
    if parameters.get("response_type") != "code":
        return request, "unsupported_response_type"
    if "openid" not in parameters.get("scope", "").split():
        return request, "invalid_scope"
    if parameters.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        return request, "invalid_request"
    return request, ""


@dataclass(slots=True)
class Grants:
    """Codes that were given out and not yet exchanged."""

    _open: dict[str, tuple[Request, Person, float]] = field(default_factory=dict)

    def grant(self, code: str, request: Request, person: Person, now: float) -> None:
        """`code` is random; `now` in seconds."""
        self._open[code] = (request, person, now + CODE_LIFETIME_SECONDS)

    def exchange(self, parameters: Mapping[str, str], now: float) -> tuple[Person, str] | None:
        """Who signed in, and the nonce of their request; None where the code is not good, or not any more. A
        code is good once, whatever else is wrong with the exchange."""
        request, person, until = self._open.pop(parameters.get("code", ""), (None, None, 0.0))
        if request is None or person is None or now >= until:
            return None
        if parameters.get("grant_type") != "authorization_code" or parameters.get("client_id") != CLIENT:
            return None
        if parameters.get("redirect_uri") != request.redirect_uri:
            return None
        verifier = parameters.get("code_verifier", "").encode()
        made = urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        return (person, request.nonce) if hmac.compare_digest(made, request.challenge) else None
