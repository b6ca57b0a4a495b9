"""Stored state after a crash or a lost response at any call, and a retry."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.learning_store import DynamoLearningStore
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.row import Rows
from cloudops.alerts.alert import UnparsablePayload
from cloudops.confidence.observations import CellKey, Outcome, weight
from cloudops.core.errors import CloudOpsError, NotFound, Unavailable, WriteConflict
from cloudops.core.ids import SuggestionId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.incidents.store import IncidentQuery
from cloudops.ingestion.quarantine import QuarantineItem
from cloudops.learning.outcomes import OutcomeReport, OutcomeVerdict, Reports
from tests.fakes.dynamodb_wire import Side, cut, meanwhile
from tests.fakes.incident_factory import NOON, SCOPE, a_commit, a_vote, an_alert, an_entry, an_incident

SIDES: tuple[Side, ...] = ("before", "after")
WEB = an_incident("web")
COMMIT = a_commit(
    0, WEB, alerts={WEB.id: (an_alert("web-5xx"),)}, timeline=(an_entry(WEB.id, "opened", NOON),)
)
NO_ANSWER = ReadTimeoutError(endpoint_url="https://dynamodb.eu-west-1.amazonaws.com")


class Crash(BaseException):
    """Simulates the end of the process."""


def refusal(code: str, *reasons: str) -> ClientError:
    answer: dict[str, Any] = {"Error": {"Code": code, "Message": "no"}}
    if reasons:
        answer["CancellationReasons"] = [{"Code": reason, "Message": "no"} for reason in reasons]
    return ClientError(answer, "TransactWriteItems")  # type: ignore[arg-type] # reasons are optional


@pytest.fixture
def dynamo(rows: Rows) -> DynamoIncidentStore:
    return DynamoIncidentStore(rows)


@pytest.mark.parametrize("side", SIDES)
def test_a_crashed_commit_converges_after_a_retry(
    rows: Rows, dynamo: DynamoIncidentStore, side: Side
) -> None:
    with pytest.raises(Crash), cut(rows, side, Crash(), "TransactWriteItems"):
        dynamo.commit(COMMIT)
    written = dynamo.load_scope(SCOPE).version

    dynamo.commit(COMMIT)

    detail = dynamo.detail(WEB.id)
    assert written == (1 if side == "after" else 0)
    assert dynamo.load_scope(SCOPE).version == 1
    assert [(one.alert.title, one.count) for one in detail.alerts] == [("web-5xx", 1)]
    assert [entry.text for entry in detail.timeline] == ["opened"]


@pytest.mark.parametrize(
    "answer",
    [
        NO_ANSWER,
        refusal("InternalServerError"),
        refusal("TransactionCanceledException", "ConditionalCheckFailed", "None", "None"),
        refusal("TransactionInProgressException"),
    ],
    ids=["no answer", "error 500", "its own retry was refused", "still in progress"],
)
def test_a_commit_that_was_applied_despite_an_error_succeeds(
    rows: Rows, dynamo: DynamoIncidentStore, answer: Exception
) -> None:
    with cut(rows, "after", answer, "TransactWriteItems"):
        dynamo.commit(COMMIT)

    assert dynamo.load_scope(SCOPE).version == 1
    assert dynamo.detail(WEB.id).incident == WEB


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (NO_ANSWER, Unavailable),
        (refusal("InternalServerError"), Unavailable),
        (refusal("ThrottlingException"), Unavailable),
        (refusal("TransactionCanceledException", "None", "ThrottlingError"), Unavailable),
        (refusal("TransactionCanceledException", "TransactionConflict", "None"), WriteConflict),
        (refusal("TransactionCanceledException", "ConditionalCheckFailed", "None"), WriteConflict),
    ],
)
def test_a_commit_that_was_not_applied_raises_with_the_cause(
    rows: Rows, dynamo: DynamoIncidentStore, answer: Exception, error: type[CloudOpsError]
) -> None:
    with pytest.raises(error) as caught, cut(rows, "before", answer, "TransactWriteItems"):
        dynamo.commit(COMMIT)

    assert caught.value.retryable
    assert caught.value.__cause__ is not None
    assert dynamo.load_scope(SCOPE).version == 0


def test_an_applied_commit_succeeds_after_a_lost_response_and_later_commits(
    rows: Rows, dynamo: DynamoIncidentStore
) -> None:
    dynamo.commit(COMMIT)
    dynamo.commit(a_commit(1, an_incident("db"), batch="others"))

    with cut(rows, "before", NO_ANSWER, "TransactWriteItems"):
        dynamo.commit(COMMIT)

    assert dynamo.load_scope(SCOPE).version == 2


def test_an_error_that_a_retry_cannot_help_is_not_a_conflict(rows: Rows, dynamo: DynamoIncidentStore) -> None:
    with (
        pytest.raises(CloudOpsError, match="AccessDeniedException") as caught,
        cut(rows, "before", refusal("AccessDeniedException")),
    ):
        dynamo.load_scope(SCOPE)

    assert not caught.value.retryable


@pytest.mark.parametrize("side", SIDES)
def test_a_read_without_a_response_is_unavailable(
    rows: Rows, dynamo: DynamoIncidentStore, side: Side
) -> None:
    for read in (
        lambda: dynamo.load_scope(SCOPE),
        lambda: dynamo.incidents([WEB.id]),
        lambda: dynamo.detail(WEB.id),
        lambda: dynamo.browse(IncidentQuery()),
    ):
        with pytest.raises(Unavailable), cut(rows, side, NO_ANSWER):
            read()


@pytest.mark.parametrize("call", [0, 1, 2], ids=["the read", "the person's sum", "the write"])
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("error", [Crash(), NO_ANSWER], ids=["crash", "no answer"])
def test_an_interrupted_vote_counts_once_after_a_retry(
    rows: Rows, dynamo: DynamoIncidentStore, side: Side, call: int, error: BaseException
) -> None:
    dynamo.commit(COMMIT)
    vote, entry = a_vote(WEB.id, "ada", 1), an_entry(WEB.id, "ada voted", NOON + 1)

    try:
        with cut(rows, side, error, at=call):
            dynamo.vote(vote, entry)
    except (Crash, Unavailable):
        pass
    dynamo.vote(vote, entry)

    detail = dynamo.detail(WEB.id)
    assert detail.feedback == (vote,)
    assert [entry.text for entry in detail.timeline] == ["opened", "ada voted"]
    (cell,) = DynamoLearningStore(rows).cells()
    assert (cell.tally.votes.count, cell.tally.votes.good) == (1, 1)
    assert cell.tally.votes.weight == pytest.approx(weight(NOON), rel=1e-9)


def test_a_vote_with_a_lost_response_is_returned_as_stored(rows: Rows, dynamo: DynamoIncidentStore) -> None:
    dynamo.commit(COMMIT)
    vote = a_vote(WEB.id, "ada", 1)

    with cut(rows, "after", NO_ANSWER, "TransactWriteItems"):
        assert dynamo.vote(vote, an_entry(WEB.id, "ada voted")) == vote


def test_a_vote_on_a_suggestion_that_is_removed_concurrently_is_not_found(
    rows: Rows, dynamo: DynamoIncidentStore
) -> None:
    dynamo.commit(COMMIT)
    withdrawal = a_commit(1, an_incident("web", suggestions=()), batch="withdrawal")

    with (
        pytest.raises(NotFound, match=r"\.rollback"),
        meanwhile(rows, "before", lambda: dynamo.commit(withdrawal), "TransactWriteItems"),
    ):
        dynamo.vote(a_vote(WEB.id, "ada", 1), an_entry(WEB.id, "ada voted"))

    assert dynamo.detail(WEB.id).feedback == ()


def test_concurrent_votes_of_one_person_count_once(rows: Rows, dynamo: DynamoIncidentStore) -> None:
    dynamo.commit(COMMIT)
    elsewhere, here = a_vote(WEB.id, "ada", -1), a_vote(WEB.id, "ada", 1)

    def vote_elsewhere() -> None:
        dynamo.vote(elsewhere, an_entry(WEB.id, "down", NOON + 1))

    with meanwhile(rows, "before", vote_elsewhere, "TransactWriteItems"):
        assert dynamo.vote(here, an_entry(WEB.id, "up", NOON + 2)) == here

    detail = dynamo.detail(WEB.id)
    assert detail.feedback == (here,)
    assert [entry.text for entry in detail.timeline] == ["opened", "down", "up"]


@pytest.mark.parametrize("side", SIDES)
def test_an_interrupted_quarantine_stores_a_payload_once_after_a_retry(rows: Rows, side: Side) -> None:
    quarantine = DynamoQuarantine(rows)
    unreadable = UnparsablePayload(source="datadog", reason="not JSON", payload="{", received_at=NOON)
    item = QuarantineItem(id="qua_a", unreadable=unreadable, expires_at=NOON)

    with pytest.raises(Unavailable), cut(rows, side, NO_ANSWER):
        quarantine.put([item])
    quarantine.put([item])

    assert quarantine.page(None, 10) == ((item,), None)


@pytest.mark.parametrize("call", [0, 1], ids=["the person's sum", "the write"])
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("error", [Crash(), NO_ANSWER], ids=["crash", "no answer"])
def test_an_interrupted_outcome_counts_once_after_a_retry(
    rows: Rows, side: Side, call: int, error: BaseException
) -> None:
    learning = DynamoLearningStore(rows)
    report = OutcomeReport(
        suggestion_id=SuggestionId(f"{WEB.id}.rollback"),
        person="ada",
        cell=CellKey(Symptom.ERROR_RATE, Action.ROLLBACK, "web"),
        prior=0.4,
        performed_at=NOON,
        reported_at=NOON,
        verdict=OutcomeVerdict.CLEARED,
        counted=Outcome(True, NOON, 0.4),
    )
    before, after = Reports(WEB.id), Reports(WEB.id, 1, {report.suggestion_id: report})

    try:
        with cut(rows, side, error, at=call):
            learning.record(before, after)
    except (Crash, Unavailable):
        pass
    learning.record(before, after)

    (cell,) = learning.cells()
    assert (cell.tally.outcomes.count, cell.tally.outcomes.good) == (1, 1)
    assert learning.reports([WEB.id]) == {WEB.id: after}
