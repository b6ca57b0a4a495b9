"""Callers: people who signed in, and holders of API tokens."""

from cloudops.identity.access import Caller, CallerKind, Grant, Role, person_subject, token_subject

ISSUER = "https://issuer.example"


def signed_in(
    name: str, role: Role = Role.OPERATOR, sub: str = "", email: str = "", grants: tuple[Grant, ...] = ()
) -> Caller:
    """Returns a person who signed in, with `role` or with `grants`.

    `sub` distinguishes two people of one name.
    """
    return Caller(
        name, grants or (Grant(role),), person_subject(ISSUER, sub or name), CallerKind.PERSON, email
    )


def token_of(name: str, role: Role = Role.OPERATOR, key: str = "tok_1") -> Caller:
    """Returns the holder of an API token; `key` is the id of the token."""
    return Caller(name, (Grant(role),), token_subject(key), CallerKind.MACHINE)
