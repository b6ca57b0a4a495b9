"""What was learned, for whoever suggests; and the flows that learn."""

import time
from functools import cache

from cloudops.adapters.dynamodb.learning import DynamoLearningStore
from cloudops.adapters.dynamodb.row import bind
from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.flows.audit import Audit
from cloudops.flows.confidence import CarryConfidence
from cloudops.flows.learned import LearnedLevels
from cloudops.flows.recompute import Recompute
from cloudops.flows.rerank import Rerank
from cloudops.wiring.clock import pause
from cloudops.wiring.table import rows, settings


@cache
def learning() -> DynamoLearningStore:
    return DynamoLearningStore(rows())


@cache
def levels() -> LearnedLevels:
    return LearnedLevels(learning(), time.monotonic)


@cache
def recompute() -> Recompute:
    store = DynamoIncidentStore(rows())
    return Recompute(learning(), store, Rerank(store, pause))


@cache
def audit() -> Audit:
    return Audit(learning(), pause)


def carry_in(table_name: str) -> CarryConfidence:
    """Of a deployment, by the name of its table."""
    return CarryConfidence(DynamoLearningStore(bind(table_name, settings().region)))
