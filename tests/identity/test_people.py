"""The people who have signed in: found by subject, name or verified email, and never guessed."""

import pytest

from cloudops.core.errors import BadInput
from cloudops.core.time import DAY
from cloudops.identity.access import Caller
from cloudops.identity.people import PeopleDirectory
from tests.fakes.incident_factory import NOON
from tests.fakes.people import signed_in
from tests.fakes.store import MemoryPeopleStore

ADA = signed_in("Ada Lovelace", sub="7f3c", email="Ada@Example.com")
GRACE = signed_in("Grace Hopper", sub="91d0", email="grace@example.com")
OTHER_ADA = signed_in("ada  lovelace", sub="c0de")


def remember(directory: PeopleDirectory, caller: Caller, now: int) -> None:
    directory.remember(caller, lambda: caller.email, now)


@pytest.fixture
def people() -> PeopleDirectory:
    directory = PeopleDirectory(MemoryPeopleStore())
    remember(directory, ADA, NOON)
    remember(directory, GRACE, NOON)
    return directory


@pytest.mark.parametrize("who", ["Ada Lovelace", " ada  lovelace", "ADA LOVELACE", ADA.subject])
def test_a_person_is_found_by_subject_and_by_any_spelling_of_the_name(
    people: PeopleDirectory, who: str
) -> None:
    assert people.find(who).subject == ADA.subject


def test_a_name_that_no_sign_in_has_used_is_refused_with_the_nearest_names(people: PeopleDirectory) -> None:
    with pytest.raises(BadInput, match=r"no person has signed in as 'ada'.*did you mean Ada Lovelace"):
        people.find("ada")


def test_a_refusal_names_no_person_who_is_not_near(people: PeopleDirectory) -> None:
    with pytest.raises(BadInput) as refused:
        people.find("Linus Torvalds")
    assert refused.value.message == "no person has signed in as 'Linus Torvalds'"


def test_a_name_of_two_people_is_refused_with_their_subjects(people: PeopleDirectory) -> None:
    remember(people, OTHER_ADA, NOON)
    with pytest.raises(BadInput, match=r"2 people have the name .*#7f3c, .*#c0de"):
        people.find("Ada Lovelace")
    assert people.find(OTHER_ADA.subject).subject == OTHER_ADA.subject


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@example.COM", " Ada@Example.com "])
def test_a_person_is_found_by_the_verified_email_in_any_case(people: PeopleDirectory, email: str) -> None:
    assert people.with_email(email).subject == ADA.subject


@pytest.mark.parametrize("email", ["", "eve@example.com", "ada@example.com.evil.example"])
def test_an_email_that_no_sign_in_has_verified_finds_no_person(people: PeopleDirectory, email: str) -> None:
    remember(people, OTHER_ADA, NOON)
    with pytest.raises(BadInput, match="no person has signed in with the verified email"):
        people.with_email(email)


def test_an_email_of_two_people_is_refused(people: PeopleDirectory) -> None:
    remember(people, signed_in("Ada", sub="beef", email="ada@example.com"), NOON)
    with pytest.raises(BadInput, match="2 people have the email"):
        people.with_email("ada@example.com")


def test_a_new_name_is_known_at_the_first_sign_in_of_the_next_day(people: PeopleDirectory) -> None:
    remember(people, signed_in("Ada King", sub="7f3c"), NOON + DAY)
    assert people.find(ADA.subject).name == "Ada King"


def test_an_email_that_cannot_be_read_keeps_the_one_that_was_known(people: PeopleDirectory) -> None:
    people.remember(ADA, lambda: None, NOON + DAY)
    assert people.with_email("ada@example.com").seen_at == NOON + DAY
    people.remember(ADA, lambda: "", NOON + 2 * DAY)
    assert people.find(ADA.subject).email == ""


def test_an_email_is_read_once_a_day(people: PeopleDirectory) -> None:
    def fail() -> str:
        raise AssertionError("read")

    people.remember(ADA, fail, NOON + DAY - 1)
    assert people.find(ADA.subject).email == "ada@example.com"
