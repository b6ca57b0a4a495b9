"""Queries of confidence, and its export to another deployment."""

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
    """An agent in which 12 of 14 people found a rollback of checkout helpful, and 1 of 1 a rollback of
    cart."""
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


def test_cells_have_confidence_and_explanation_with_the_most_votes_first(agent: Agent) -> None:
    page = agent.application.confidence.find(Filter(), 10, 0, NOW)

    assert [(one.cell.action, one.cell.service) for one in page.cells] == [
        (Action.ROLLBACK, "checkout"),
        (Action.ROLLBACK, "cart"),
    ]
    first = page.cells[0].confidence
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
def test_cells_can_be_filtered(agent: Agent, wanted: Filter, total: int) -> None:
    assert agent.application.confidence.find(wanted, 10, 0, NOW).total == total


def test_a_limit_returns_the_cells_with_the_most_votes_and_the_total(agent: Agent) -> None:
    page = agent.application.confidence.find(Filter(), 1, 30, NOW)

    assert (len(page.cells), page.total) == (1, 2)
    assert [(one.date, one.cell.service, one.cell.votes, one.cell.helpful) for one in page.history] == [
        ("2026-01-01", "checkout", 14, 12)
    ]


def test_an_export_has_no_names_or_comments_and_is_imported_once(agent: Agent) -> None:
    exported = TransferConfidence(agent.store.learning).export()
    elsewhere = MemoryLearningStore()
    transfer = TransferConfidence(elsewhere)

    assert b"person-" not in exported
    assert b"secret" not in exported
    assert [transfer.import_cells(exported, NOW), transfer.import_cells(exported, NOW)] == [2, 0]
    assert transfer.export() == exported


def votes(**changed: float) -> bytes:
    """Returns an export of two new votes, of which one was helpful, with these sums changed."""
    sums = {"count": 2, "good": 0, "weight": 2.0, "squares": 2.0, "positive": 1.0, "expected": 1.0, **changed}
    return json.dumps({"cells": [{"cell": ["oom", "rollback", "web"], "tally": {"votes": sums}}]}).encode()


def test_possible_counts_are_imported() -> None:
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
def test_an_invalid_export_is_rejected_and_adds_nothing(raw: bytes) -> None:
    learning = MemoryLearningStore()
    with pytest.raises(BadInput):
        TransferConfidence(learning).import_cells(raw, NOW)
    assert learning.cells() == []
