"""An OIDC issuer in memory: it signs tokens, and publishes its keys at the address of its discovery
document."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from cloudops.adapters.oidc.issuer import JwksClient, OidcIssuer
from cloudops.core.errors import Unavailable
from cloudops.identity.api_tokens import ApiTokens
from cloudops.identity.authentication import Authenticate
from cloudops.identity.jwt_claims import ClaimPolicy

ISSUER = "https://issuer.example"
AUDIENCE = "cloudops-dashboard"
POLICY = ClaimPolicy(ISSUER, AUDIENCE)
NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z, in seconds."""

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def elliptic(name: str) -> ec.EllipticCurvePrivateKey:
    """Returns an elliptic key; the same for the same name."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rivest(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class MemoryIssuer:
    """`published` lists its public keys, `fetches` the addresses that were read; reads fail while `down`."""

    def __init__(self) -> None:
        self.signing: dict[str, PrivateKey] = {"one": elliptic("one")}
        self.fetches: list[str] = []
        self.down = False
        self.published: list[dict[str, Any]] = []
        self.document: dict[str, Any] = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
        self.publish()

    def publish(self, **more: Any) -> None:
        """Publishes the public keys of the present signing keys."""
        self.published = [public(key, kid) | more for kid, key in self.signing.items()]

    def fetch(self, address: str) -> Mapping[str, Any]:
        self.fetches.append(address)
        if self.down:
            raise Unavailable(f"read {address}: no answer")
        if address == f"{ISSUER}/.well-known/openid-configuration":
            return self.document
        return {"keys": self.published}

    def token(self, kid: str = "one", /, **claims: Any) -> str:
        """Returns a token of Ada, an admin, with these claims changed; a claim that is None is left out."""
        key = self.signing[kid]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(claims_of(**claims), key, algorithm, {"kid": kid})


def claims_of(**claims: Any) -> dict[str, Any]:
    """Returns the claims of a Cognito access token."""
    usual = {
        "iss": ISSUER,
        "client_id": AUDIENCE,
        "token_use": "access",
        "iat": int(NOW) - 10,
        "exp": int(NOW) + 3600,
        "sub": "ada",
        "username": "ada",
        "cognito:groups": ["admin"],
    }
    return {name: value for name, value in {**usual, **claims}.items() if value is not None}


def public(key: PrivateKey, kid: str) -> dict[str, Any]:
    """Returns the public key as a JSON Web Key."""
    if isinstance(key, rsa.RSAPrivateKey):
        made = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        made = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig"}


def identify(book: ApiTokens, issuer: MemoryIssuer) -> Authenticate:
    """Returns the authentication of the authorizer, at NOW."""
    return Authenticate(book, OidcIssuer(JwksClient(ISSUER, issuer.fetch, lambda: 0.0)), POLICY, lambda: NOW)
