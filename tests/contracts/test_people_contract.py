"""What every store of people promises."""

from cloudops.core.time import DAY
from cloudops.identity.people import KnownPerson, PeopleStore
from tests.fakes.incident_factory import NOON


def ada(seen_at: int, name: str = "Ada") -> KnownPerson:
    return KnownPerson(
        subject="https://issuer.example#7f3c", name=name, email="ada@example.com", seen_at=seen_at
    )


def test_a_person_is_stored_by_subject_as_they_were_put(people: PeopleStore) -> None:
    grace = KnownPerson(subject="https://issuer.example#91d0", name="Ada", email="", seen_at=NOON)
    people.put(ada(NOON))
    people.put(grace)
    assert sorted(people.all(), key=lambda one: one.subject) == [ada(NOON), grace]


def test_a_person_is_written_at_most_once_a_day(people: PeopleStore) -> None:
    people.put(ada(NOON))
    people.put(ada(NOON + DAY - 1, "Ada King"))
    assert people.all() == (ada(NOON),)
    people.put(ada(NOON + DAY, "Ada King"))
    assert people.all() == (ada(NOON + DAY, "Ada King"),)


def test_a_person_is_read_by_subject(people: PeopleStore) -> None:
    people.put(ada(NOON))
    assert people.get("https://issuer.example#7f3c") == ada(NOON)
    assert people.get("https://issuer.example#91d0") is None
