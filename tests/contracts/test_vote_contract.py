"""Contract of incident stores: votes."""

import threading

import pytest
from msgspec.structs import replace

from cloudops.core.errors import NotFound
from cloudops.incidents.store import IncidentStore
from tests.fakes.incident_factory import NOON, a_commit, a_vote, an_entry, an_incident

WEB = an_incident("web")


def test_a_vote_is_returned_and_shows_in_feedback_and_timeline(store: IncidentStore) -> None:
    store.commit(a_commit(0, WEB))
    vote, entry = a_vote(WEB.id, "ada", 1), an_entry(WEB.id, "ada found it helpful")

    assert store.vote(vote, entry) == vote

    detail = store.detail(WEB.id)
    assert (detail.feedback, detail.timeline) == ((vote,), (entry,))


def test_the_same_vote_again_counts_once_and_keeps_its_first_time(store: IncidentStore) -> None:
    store.commit(a_commit(0, WEB))
    first = a_vote(WEB.id, "ada", 1, at=NOON)
    store.vote(first, an_entry(WEB.id, "first"))

    answer = store.vote(a_vote(WEB.id, "ada", 1, at=NOON + 5), an_entry(WEB.id, "again"))

    detail = store.detail(WEB.id)
    assert answer == first
    assert detail.feedback == (first,)
    assert [entry.text for entry in detail.timeline] == ["first"]


def test_a_changed_vote_replaces_the_person_s_vote(store: IncidentStore) -> None:
    store.commit(a_commit(0, WEB))
    store.vote(a_vote(WEB.id, "ada", 1), an_entry(WEB.id, "up", NOON))
    store.vote(a_vote(WEB.id, "ada", -1), an_entry(WEB.id, "down", NOON + 1))
    last = a_vote(WEB.id, "ada", -1, comment="it came back")

    assert store.vote(last, an_entry(WEB.id, "why", NOON + 2)) == last

    detail = store.detail(WEB.id)
    assert detail.feedback == (last,)
    assert [entry.text for entry in detail.timeline] == ["up", "down", "why"]


def test_two_people_have_a_vote_each(store: IncidentStore) -> None:
    store.commit(a_commit(0, WEB))
    store.vote(a_vote(WEB.id, "ada", 1, at=NOON), an_entry(WEB.id, "ada"))
    store.vote(a_vote(WEB.id, "bob", -1, at=NOON + 1), an_entry(WEB.id, "bob"))

    assert [(one.person, one.value) for one in store.detail(WEB.id).feedback] == [("ada", 1), ("bob", -1)]


@pytest.mark.parametrize("suggestion", [f"{WEB.id}.scale_service", f"{WEB.id}.", "", f"{WEB.id}.\ud800"])
def test_a_vote_on_an_unknown_suggestion_is_not_found(store: IncidentStore, suggestion: str) -> None:
    store.commit(a_commit(0, WEB))
    vote = replace(a_vote(WEB.id, "ada", 1), suggestion_id=suggestion, id=f"{suggestion}.ada")

    with pytest.raises(NotFound):
        store.vote(vote, an_entry(WEB.id, "ada"))

    assert store.detail(WEB.id).timeline == ()


def test_a_vote_on_an_unknown_incident_is_not_found(store: IncidentStore) -> None:
    with pytest.raises(NotFound):
        store.vote(a_vote(WEB.id, "ada", 1), an_entry(WEB.id, "ada"))


def test_one_vote_from_concurrent_threads_counts_once(store: IncidentStore) -> None:
    store.commit(a_commit(0, WEB))
    ready = threading.Barrier(8)
    answers: list[int] = []

    def work(turn: int) -> None:
        ready.wait()
        answers.append(
            store.vote(a_vote(WEB.id, "ada", 1, at=NOON + turn), an_entry(WEB.id, str(turn))).value
        )

    workers = [threading.Thread(target=work, args=(turn,)) for turn in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    detail = store.detail(WEB.id)
    assert answers == [1] * 8
    assert (len(detail.feedback), len(detail.timeline)) == (1, 1)
