"""Callers: people who signed in, and holders of API tokens."""

from cloudops.identity.access import Caller, CallerKind, Role, person_subject, token_subject

ISSUER = "https://issuer.example"


def signed_in(name: str, role: Role = Role.OPERATOR, sub: str = "", email: str = "") -> Caller:
    """Returns a person who signed in; `sub` distinguishes two people of one name."""
    return Caller(name, role, person_subject(ISSUER, sub or name), CallerKind.PERSON, email)


def token_of(name: str, role: Role = Role.OPERATOR, key: str = "tok_1") -> Caller:
    """Returns the holder of an API token; `key` is the id of the token."""
    return Caller(name, role, token_subject(key), CallerKind.MACHINE)
