"""A recompute on DynamoDB: its requests, and two at once."""

from functools import partial

from msgspec.structs import replace

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.learning_store import DynamoLearningStore
from cloudops.adapters.dynamodb.row import Rows
from cloudops.core.ids import IncidentId
from cloudops.learning.consistency_check import differences, rebuilt
from cloudops.learning.outcomes import WINDOW
from cloudops.learning.recompute import Recompute
from cloudops.learning.rerank import Rerank
from tests.fakes.dynamodb_wire import meanwhile, metered
from tests.fakes.incident_factory import NOON, a_commit, a_vote, an_entry, an_incident

LATER = NOON + WINDOW + 1


def recompute(rows: Rows) -> Recompute:
    store = DynamoIncidentStore(rows)
    return Recompute(DynamoLearningStore(rows), store, Rerank(store, lambda attempt: None))


def voted(rows: Rows) -> str:
    """Stores an open incident with one helpful vote, and returns its id."""
    web = an_incident("web", firing_count=1)
    web = replace(web, suggestions=tuple(replace(one, prior=0.4) for one in web.suggestions))
    store = DynamoIncidentStore(rows)
    store.commit(a_commit(0, web))
    store.vote(a_vote(web.id, "ada", 1), an_entry(web.id, "ada"))
    return web.id


def test_a_recompute_without_news_costs_eight_requests_and_writes_nothing(rows: Rows) -> None:
    voted(rows)
    recompute(rows).run(LATER)

    with metered(rows) as meter:
        done = recompute(rows).run(LATER + 1)

    assert (done.settled, done.no_action_outcomes, done.changed, done.reranked) == (0, 0, False, 0)
    assert sorted(meter.calls) == ["BatchGetItem", "GetItem", *["Query"] * 6]
    assert meter.write_units == 0


def test_two_recomputes_at_once_count_and_rank_once(rows: Rows) -> None:
    incident = voted(rows)

    with meanwhile(rows, "before", partial(recompute(rows).run, LATER), "TransactWriteItems"):
        done = recompute(rows).run(LATER)

    learning = DynamoLearningStore(rows)
    assert done.conflicts <= 1
    assert sorted(cell.tally.outcomes.count for cell in learning.cells()) == [0, 1]
    assert differences(learning.cells(), rebuilt(*learning.log())) == ()
    (suggestion,) = (
        DynamoIncidentStore(rows).incidents([IncidentId(incident)])[IncidentId(incident)].suggestions
    )
    assert (suggestion.votes, suggestion.rationale[:14]) == (1, "1 of 1 helped ")
