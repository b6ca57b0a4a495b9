"""Contract of learning stores: cells, outcomes, levels and days."""

import threading

import pytest
from msgspec.structs import replace

from cloudops.confidence.observations import CAP, HALF_LIFE, LANDMARK, CellKey, Counts, Outcome, WeightedSums
from cloudops.confidence.snapshot import ConfidenceSnapshot, LearnedCell
from cloudops.core.errors import WriteConflict
from cloudops.core.ids import SuggestionId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import DAY
from cloudops.incidents.store import IncidentStore
from cloudops.learning.consistency_check import differences, rebuilt
from cloudops.learning.outcomes import OutcomeReport, OutcomeVerdict, Reports
from cloudops.learning.store import Day, DayCell, ImportedCell, LearningStore
from tests.fakes.incident_factory import NOON, a_commit, a_vote, an_entry, an_incident

WEB = an_incident("web")
CELL = CellKey(Symptom.ERROR_RATE, Action.ROLLBACK, "", "prod")
QUARTER_ON = LANDMARK + HALF_LIFE


def vote(store: IncidentStore, person: str, value: int, at: int = LANDMARK, comment: str = "") -> None:
    text = f"{person} {value} {at} {comment}"
    store.vote(a_vote(WEB.id, person, value, at, comment), an_entry(WEB.id, text, at))


def the_tally(learning: LearningStore) -> Counts:
    (cell,) = learning.cells()
    assert cell.key == CELL
    return cell.tally


def test_a_vote_updates_the_cell_of_its_suggestion(store: IncidentStore, learning: LearningStore) -> None:
    store.commit(a_commit(0, WEB))
    vote(store, "ada", 1)
    vote(store, "bob", -1, QUARTER_ON)

    votes = the_tally(learning).votes
    assert replace(votes, expected=round(votes.expected, 9)) == WeightedSums(2, 1, 3.0, 5.0, 1.0, 1.2)


def test_a_changed_vote_updates_the_cell_once(store: IncidentStore, learning: LearningStore) -> None:
    store.commit(a_commit(0, WEB))
    vote(store, "ada", 1)
    vote(store, "ada", -1)
    vote(store, "ada", -1)

    assert the_tally(learning).votes == WeightedSums(1, 0, 1.0, 1.0, 0.0, 0.4)


def test_a_new_comment_is_not_a_new_vote(store: IncidentStore, learning: LearningStore) -> None:
    store.commit(a_commit(0, WEB))
    vote(store, "ada", 1)
    before = the_tally(learning)
    vote(store, "ada", 1, QUARTER_ON, "because")

    assert the_tally(learning) == before


def test_one_person_counts_at_most_the_cap_in_a_cell(store: IncidentStore, learning: LearningStore) -> None:
    incidents = [an_incident(f"web-{number}") for number in range(10)]
    store.commit(a_commit(0, *incidents))
    for one in incidents:
        store.vote(a_vote(one.id, "ada", 1, LANDMARK), an_entry(one.id, "ada"))

    votes = the_tally(learning).votes
    assert votes.count == 10
    assert votes.weight == pytest.approx(CAP)


def test_the_log_adds_up_to_the_cells(store: IncidentStore, learning: LearningStore) -> None:
    incidents = [an_incident(f"web-{number}") for number in range(5)]
    store.commit(a_commit(0, *incidents))
    for turn, one in enumerate(incidents):
        for person, value in (("ada", 1), ("bob", -1), ("ada", -1)):
            at = NOON + turn * DAY
            store.vote(a_vote(one.id, person, value, at), an_entry(one.id, f"{person}{value}", at))
    learning.carry("file", [ImportedCell(CELL, Counts(votes=WeightedSums(3, 2, 3.0, 3.0, 2.0, 1.5)))], NOON)

    assert differences(learning.cells(), rebuilt(*learning.log())) == ()
    assert the_tally(learning).votes.count == 13


def test_an_import_counts_once(learning: LearningStore) -> None:
    sums = [ImportedCell(CELL, Counts(votes=WeightedSums(3, 2, 3.0, 3.0, 2.0, 1.5)))]

    assert [learning.carry("file", sums, NOON), learning.carry("file", sums, NOON)] == [1, 0]
    assert the_tally(learning) == sums[0].tally


def test_concurrent_votes_on_one_cell_all_count(store: IncidentStore, learning: LearningStore) -> None:
    store.commit(a_commit(0, WEB))
    ready = threading.Barrier(5)

    def work(person: str) -> None:
        ready.wait()
        vote(store, person, 1)

    workers = [threading.Thread(target=work, args=(f"person-{turn}",)) for turn in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert the_tally(learning).votes == WeightedSums(5, 5, 5.0, 5.0, 5.0, 2.0)


def a_report(person: str, counted: Outcome | None) -> OutcomeReport:
    return OutcomeReport(
        suggestion_id=SuggestionId(f"{WEB.id}.rollback"),
        person=person,
        cell=CELL,
        prior=0.4,
        performed_at=LANDMARK,
        reported_at=LANDMARK,
        verdict=OutcomeVerdict.CLEARED if counted else OutcomeVerdict.PENDING,
        counted=counted,
    )


def reports_at(version: int, *reports: OutcomeReport) -> Reports:
    return Reports(WEB.id, version, {one.suggestion_id: one for one in reports})


@pytest.mark.parametrize("person", ["ada", ""])
def test_an_outcome_is_counted_when_it_is_known_and_once(learning: LearningStore, person: str) -> None:
    pending = reports_at(1, a_report(person, None))
    known = reports_at(2, a_report(person, Outcome(True, LANDMARK, 0.4)))
    learning.record(Reports(WEB.id), pending, an_entry(WEB.id, "reported"))
    learning.record(pending, known)
    learning.record(pending, known)

    assert learning.reports([WEB.id]) == {WEB.id: known}
    assert the_tally(learning).outcomes == WeightedSums(1, 1, 1.0, 1.0, 1.0, 0.4)
    assert differences(learning.cells(), rebuilt(*learning.log())) == ()


def test_an_outcome_of_no_action_can_be_removed(learning: LearningStore) -> None:
    counted = reports_at(1, a_report("", Outcome(True, LANDMARK, 0.4)))
    learning.record(Reports(WEB.id), counted)
    learning.record(counted, reports_at(2))

    assert the_tally(learning) == Counts()


def test_outcomes_that_were_changed_concurrently_are_a_conflict(learning: LearningStore) -> None:
    learning.record(Reports(WEB.id), reports_at(1, a_report("ada", None)))

    with pytest.raises(WriteConflict):
        learning.record(Reports(WEB.id), reports_at(1, a_report("bob", None)))


def test_a_window_that_has_ended_is_due_until_there_is_a_verdict(learning: LearningStore) -> None:
    pending = reports_at(1, a_report("ada", None))
    learning.record(Reports(WEB.id), pending)
    end = pending.due or 0

    assert (learning.due(end), learning.due(end + 1)) == ([], [WEB.id])
    learning.record(pending, reports_at(2, a_report("ada", Outcome(True, LANDMARK, 0.4))))
    assert learning.due(end + 1) == []


def a_learned(cells: int) -> ConfidenceSnapshot:
    return ConfidenceSnapshot(
        strengths=(8.0, 8.0, 8.0),
        cells=tuple(
            LearnedCell(
                Symptom.OOM,
                Action.ROLLBACK,
                f"service-{number * 7919}",
                1,
                1,
                0,
                0,
                (number / 7, 0.1 / (number + 1), 1.0 / 3, 1.0),
            )
            for number in range(cells)
        ),
    )


@pytest.mark.parametrize("cells", [1, 40_000])
def test_published_levels_of_any_size_are_read(learning: LearningStore, cells: int) -> None:
    assert learning.learned() is None
    assert learning.publish(a_learned(cells), NOON)
    assert not learning.publish(a_learned(cells), NOON + 1)
    assert learning.learned() == a_learned(cells)


def test_older_levels_never_replace_newer_ones(learning: LearningStore) -> None:
    learning.publish(a_learned(2), NOON)

    assert not learning.publish(a_learned(1), NOON - 1)
    assert learning.learned() == a_learned(2)


def test_days_are_stored_once_and_read_in_order(learning: LearningStore) -> None:
    cell = DayCell(Symptom.OOM, Action.ROLLBACK, "web", 0.5, 0.3, 4, 1, 3)
    for day in (Day("2026-02-01"), Day("2026-01-30"), Day("2026-01-31"), Day("2026-01-31", (cell,))):
        learning.keep_day(day)

    assert learning.days("2026-01-31") == (Day("2026-01-31", (cell,)), Day("2026-02-01"))
