"""The cells are what the votes make them, or the audit says which are not."""

from cloudops.confidence.observations import CellKey, Counts, WeightedSums
from cloudops.core.ids import SuggestionId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import DAY
from cloudops.learning.consistency_check import CheckConsistency
from cloudops.learning.feedback import RecordFeedback
from tests.fakes.incident_factory import NOON, a_commit, an_incident
from tests.fakes.learning import MemoryLearningStore
from tests.fakes.people import signed_in
from tests.fakes.store import MemoryIncidentStore

CELL = CellKey(Symptom.ERROR_RATE, Action.ROLLBACK, "")
ONE_VOTE = Counts(votes=WeightedSums(1, 1, 1.0, 1.0, 1.0, 0.5))


def voted() -> MemoryLearningStore:
    store = MemoryIncidentStore()
    incidents = [an_incident(f"web-{number}") for number in range(30)]
    store.commit(a_commit(0, *incidents))
    feedback = RecordFeedback(store)
    for day, incident in enumerate(incidents):
        feedback.record(
            SuggestionId(f"{incident.id}.rollback"), 1, "", signed_in(f"person-{day % 3}"), NOON + day * DAY
        )
        feedback.record(
            SuggestionId(f"{incident.id}.rollback"), -1, "", signed_in(f"person-{day % 2}"), NOON + day * DAY
        )
    return store.learning


def test_cells_that_nobody_tampered_with_add_up() -> None:
    assert CheckConsistency(voted(), lambda look: None).run() == ()


def test_a_cell_that_was_changed_behind_our_back_is_named() -> None:
    learning = voted()
    learning.tamper(CELL, ONE_VOTE)

    (found,) = CheckConsistency(learning, lambda look: None).run()

    assert found.cell == CELL
    assert found.stored.votes.count == found.logged.votes.count + 1


def test_a_difference_that_goes_by_itself_is_none() -> None:
    learning = voted()
    learning.tamper(CELL, ONE_VOTE)

    def the_index_catches_up(look: int) -> None:
        learning.tamper(CELL, Counts().plus(ONE_VOTE, -1))

    assert CheckConsistency(learning, the_index_catches_up).run() == ()


def test_a_cell_without_any_vote_is_named() -> None:
    learning = MemoryLearningStore()
    learning.tamper(CELL, ONE_VOTE)

    assert [one.cell for one in CheckConsistency(learning, lambda look: None).run()] == [CELL]
