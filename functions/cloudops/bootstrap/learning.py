"""What was learned, for whoever suggests; and the flows that learn."""

import time
from functools import cache

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.learning_store import DynamoLearningStore
from cloudops.adapters.dynamodb.row import bind
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows, settings
from cloudops.learning.cached_levels import LearnedLevels
from cloudops.learning.consistency_check import CheckConsistency
from cloudops.learning.recompute import Recompute
from cloudops.learning.rerank import Rerank
from cloudops.learning.transfer import TransferConfidence


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
def audit() -> CheckConsistency:
    return CheckConsistency(learning(), pause)


def carry_in(table_name: str) -> TransferConfidence:
    """Of a deployment, by the name of its table."""
    return TransferConfidence(DynamoLearningStore(bind(table_name, settings().region)))
