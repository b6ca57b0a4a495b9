"""The people who have signed in, by subject, name and verified email, so that an admin can link them."""

import difflib
import unicodedata
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from cloudops.core.errors import BadInput
from cloudops.core.time import DAY, EpochMillis
from cloudops.identity.access import Caller

SIGN_IN_INTERVAL: Final = DAY
"""A person is stored at most once in this time, in milliseconds."""
PERSON_RETENTION: Final = 90 * DAY
"""Milliseconds after the last stored sign-in, after which a person is forgotten."""
MAX_NEAREST: Final = 3
"""Names that a refusal suggests."""
_SIMILARITY: Final = 0.5
"""Least similarity of a suggested name, 0 to 1 (`difflib.get_close_matches`)."""


class KnownPerson(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A person who has signed in.

    `email` is an address that the issuer verified, in lower case, or "" if it is not known. `seen_at` is the
    time of the last stored sign-in, at most `SIGN_IN_INTERVAL` before the last one."""

    subject: str
    name: str
    email: str
    seen_at: EpochMillis


class PeopleStore(Protocol):
    """Port: stores people who have signed in."""

    def put(self, person: KnownPerson) -> None:
        """Stores a person, unless one with this subject was stored within `SIGN_IN_INTERVAL` before."""
        ...

    def get(self, subject: str) -> KnownPerson | None:
        """Returns the stored person, or None."""
        ...

    def all(self) -> tuple[KnownPerson, ...]:
        """Returns every stored person, in no order; one request per megabyte, about 4,000 people."""
        ...


class PeopleDirectory:
    """Remembers people at their sign-in, and finds them by name, subject or email."""

    def __init__(self, store: PeopleStore) -> None:
        self._store = store

    def remember(self, caller: Caller, read_email: Callable[[], str | None], now: EpochMillis) -> None:
        """Stores the person who signed in, unless a sign-in was stored within `SIGN_IN_INTERVAL`.

        `read_email` returns the verified address, "" if there is none, or None if that is not known: then the
        stored one stays. It is called at most once in the interval.

        Raises:
            Unavailable: The store failed.
        """
        stored = self._store.get(caller.subject)
        if stored and stored.seen_at > now - SIGN_IN_INTERVAL:
            return
        email = read_email()
        if email is None:
            email = stored.email if stored else ""
        self._store.put(
            KnownPerson(subject=caller.subject, name=caller.name, email=normalized_email(email), seen_at=now)
        )

    def find(self, who: str) -> KnownPerson:
        """Returns the person with this subject or name. Case, width and spaces of a name do not matter.

        Raises:
            BadInput: No person has signed in with it (the message has the nearest names), or several have.
        """
        people = self._store.all()
        wanted = _normalized_name(who)
        found = [one for one in people if one.subject == who or _normalized_name(one.name) == wanted]
        if not found:
            raise BadInput(f"no person has signed in as {who!r}{_nearest(wanted, people)}", field="person")
        return _only(found, f"the name {who!r}")

    def with_email(self, email: str) -> KnownPerson:
        """Returns the person whose issuer verified this email address.

        Raises:
            BadInput: No person has signed in with it, or several have.
        """
        wanted = normalized_email(email)
        found = [one for one in self._store.all() if wanted and one.email == wanted]
        if not found:
            raise BadInput(
                f"no person has signed in with the verified email {email!r}; name the person instead",
                field="person",
            )
        return _only(found, f"the email {email!r}")


def normalized_email(email: str) -> str:
    """Returns the address without outer spaces, in lower case."""
    return email.strip().casefold()


def _normalized_name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _only(found: list[KnownPerson], what: str) -> KnownPerson:
    if len(found) > 1:
        subjects = ", ".join(sorted(one.subject for one in found))
        raise BadInput(
            f"{len(found)} people have {what}: give the subject, one of {subjects}", field="person"
        )
    return found[0]


def _nearest(wanted: str, people: tuple[KnownPerson, ...]) -> str:
    """Returns the names that contain the wanted one or are similar to it, as a question, or ""."""
    names = {_normalized_name(one.name): one.name for one in people}
    containing = [name for name in sorted(names) if wanted and wanted in name]
    similar = difflib.get_close_matches(wanted, names, MAX_NEAREST, _SIMILARITY)
    near = list(dict.fromkeys([*containing, *similar]))[:MAX_NEAREST]
    return f"; did you mean {' or '.join(names[one] for one in near)}?" if near else ""
