"""The consistency check names every cell that differs from its votes."""

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


def test_unchanged_cells_are_consistent() -> None:
    assert CheckConsistency(voted(), lambda attempt: None).run() == ()


def test_a_cell_that_was_changed_directly_is_named() -> None:
    learning = voted()
    learning.tamper(CELL, ONE_VOTE)

    (difference,) = CheckConsistency(learning, lambda attempt: None).run()

    assert difference.cell == CELL
    assert difference.stored.votes.count == difference.logged.votes.count + 1


def test_a_difference_that_disappears_is_not_reported() -> None:
    learning = voted()
    learning.tamper(CELL, ONE_VOTE)

    def let_the_index_catch_up(attempt: int) -> None:
        learning.tamper(CELL, Counts().plus(ONE_VOTE, -1))

    assert CheckConsistency(learning, let_the_index_catch_up).run() == ()


def test_a_cell_without_any_vote_is_named() -> None:
    learning = MemoryLearningStore()
    learning.tamper(CELL, ONE_VOTE)

    assert [one.cell for one in CheckConsistency(learning, lambda attempt: None).run()] == [CELL]
