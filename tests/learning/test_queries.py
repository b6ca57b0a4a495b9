"""What was learned can be looked at, and carried to another deployment."""

import json

import pytest

from cloudops.core.errors import BadInput
from cloudops.core.ids import SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.learning.feedback import Vote
from cloudops.learning.queries import Filter
from cloudops.learning.transfer import TransferConfidence
from tests.fakes.application import NOW, Agent
from tests.fakes.learning import MemoryLearningStore
from tests.fakes.people import signed_in
from tests.ingestion.payloads import plain, received


@pytest.fixture
def agent() -> Agent:
    """Twelve of fourteen people found a rollback of checkout helpful, and one of cart."""
    agent = Agent()
    for service, votes in (("checkout", [1] * 12 + [-1] * 2), ("cart", [1])):
        (name,) = agent.ingest(received(plain(service, title=f"{service} 5xx error rate"))).incident_ids
        for person, value in enumerate(votes):
            good: Vote = 1 if value > 0 else -1
            agent.application.feedback.record(
                SuggestionId(f"{name}.rollback"), good, "secret", signed_in(f"person-{person}"), NOW
            )
    agent.recompute.run(NOW)
    return agent


def test_it_says_how_sure_and_why_the_best_known_first(agent: Agent) -> None:
    answer = agent.application.confidence.find(Filter(), 10, 0, NOW)

    assert [(one.cell.action, one.cell.service) for one in answer.cells] == [
        (Action.ROLLBACK, "checkout"),
        (Action.ROLLBACK, "cart"),
    ]
    first = answer.cells[0].confidence
    assert first.explanation.startswith("12 of 14 helped for error rate on checkout; ")
    assert first.low < first.mean


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        (Filter(service="cart"), 1),
        (Filter(action=Action.ROLLBACK), 2),
        (Filter(action=Action.NOOP), 0),
        (Filter(service="unknown"), 0),
    ],
)
def test_it_can_be_asked_of_a_part(agent: Agent, wanted: Filter, total: int) -> None:
    assert agent.application.confidence.find(wanted, 10, 0, NOW).total == total


def test_a_limit_shows_the_best_known_and_counts_all(agent: Agent) -> None:
    answer = agent.application.confidence.find(Filter(), 1, 30, NOW)

    assert (len(answer.cells), answer.total) == (1, 2)
    assert [(one.date, one.cell.service, one.cell.votes, one.cell.helpful) for one in answer.history] == [
        ("2026-01-01", "checkout", 14, 12)
    ]


def test_an_export_holds_no_name_and_no_comment_and_can_be_imported_once(agent: Agent) -> None:
    exported = TransferConfidence(agent.store.learning).export()
    elsewhere = MemoryLearningStore()
    carry = TransferConfidence(elsewhere)

    assert b"person-" not in exported
    assert b"secret" not in exported
    assert [carry.import_cells(exported, NOW), carry.import_cells(exported, NOW)] == [2, 0]
    assert carry.export() == exported


def votes(**changed: float) -> bytes:
    """An export of two fresh votes of which one helped, but for what is changed."""
    sums = {"count": 2, "good": 0, "weight": 2.0, "squares": 2.0, "positive": 1.0, "expected": 1.0, **changed}
    return json.dumps({"cells": [{"cell": ["oom", "rollback", "web"], "tally": {"votes": sums}}]}).encode()


def test_sums_that_votes_can_make_are_taken() -> None:
    assert TransferConfidence(MemoryLearningStore()).import_cells(votes(), NOW) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"version": 2, "cells": []}',
        b'{"cells": [{"cell": ["oom", "explode", "web"], "tally": {}}]}',
        b'{"cells": [{"cell": ["oom", "rollback", "web"], "tally": {"votes": {"count": 1, "good": 2}}}]}',
        b'{"cells": [{"cell": ["oom", "rollback", "web"], "tally": {"votes": {"weight": 1e300}}}]}',
        b'{"cells": [{"cell": ["oom", "rollback", "web"], "tally": {"votes": {"weight": -1}}}]}',
        votes(count=0),
        votes(squares=0.5),
        votes(positive=2.1),
        votes(expected=2.1),
    ],
)
def test_what_is_no_export_is_refused_and_nothing_is_added(raw: bytes) -> None:
    learning = MemoryLearningStore()
    with pytest.raises(BadInput):
        TransferConfidence(learning).import_cells(raw, NOW)
    assert learning.cells() == []
