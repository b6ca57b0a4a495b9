"""Stores the people who have signed in, in a partition of their own."""

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.core.errors import WriteConflict
from cloudops.core.time import SECOND
from cloudops.identity.people import PERSON_RETENTION, SIGN_IN_INTERVAL, KnownPerson


class DynamoPeopleStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, person: KnownPerson) -> None:
        row = self._rows(
            *keys.known_person(person.subject),
            body=pack(person),
            changed=person.seen_at,
            expires=(person.seen_at + PERSON_RETENTION) // SECOND,
        )
        due = Row.pk.does_not_exist() | (Row.changed <= person.seen_at - SIGN_IN_INTERVAL)
        try:
            with store_errors("remember a sign-in"):
                row.save(condition=due)
        except WriteConflict:
            return  # The person was stored within the interval.

    def get(self, subject: str) -> KnownPerson | None:
        with store_errors("read a person who has signed in"):
            row = self._rows.find(keys.known_person(subject))
        return unpack(KnownPerson, row.body) if row else None

    def all(self) -> tuple[KnownPerson, ...]:
        with store_errors("read the people who have signed in"):
            found = self._rows.query(keys.PEOPLE, consistent_read=True)
            return tuple(unpack(KnownPerson, row.body) for row in found)
