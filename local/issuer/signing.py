"""The issuer's key, kept in a file of its owner's, and what it signs with it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from local.issuer.people import Person

AUDIENCE: Final = "cloudops-api"
CLIENT: Final = "cloudops-dashboard"
LIFETIME_SECONDS: Final = 3600
"""Seconds, as long as Cognito's."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs as `issuer`, which is its own address."""

    issuer: str
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def kept_in(cls, folder: Path, issuer: str) -> Self:
        """With the key in the folder, or a new one where there is none yet."""
        file = folder / "issuer.pem"
        if not file.exists():
            _write(file, ec.generate_private_key(ec.SECP256R1()))
        key = serialization.load_pem_private_key(file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{file} holds a key of another kind; remove it")
        return cls(issuer, key)

    @property
    def public(self) -> dict[str, Any]:
        """As a JSON Web Key (Any: its JSON), named by its own x coordinate."""
        key = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**key, "kid": key["x"][:16], "use": "sig", "alg": "ES256"}

    def access_token(self, person: Person, now: int) -> str:
        """RFC 9068."""
        claims = {
            "aud": AUDIENCE,
            "client_id": CLIENT,
            "roles": [person.role],
            "scope": "openid",
            "email": person.email,
            "email_verified": True,
        }
        return self._signed(claims, person, now, "at+jwt")

    def id_token(self, person: Person, now: int, nonce: str) -> str:
        claims = {"aud": CLIENT, "name": person.name} | ({"nonce": nonce} if nonce else {})
        return self._signed(claims, person, now, "JWT")

    def _signed(self, claims: dict[str, Any], person: Person, now: int, kind: str) -> str:
        frame = {"iss": self.issuer, "sub": person.id, "iat": now, "exp": now + LIFETIME_SECONDS}
        return jwt.encode(frame | claims, self.key, "ES256", {"kid": self.public["kid"], "typ": kind})


def _write(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Readable by its owner alone from its first byte on."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        output.write(pem)
