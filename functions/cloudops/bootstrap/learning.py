"""Builds the learned confidence, for suggestions, and the use cases that learn."""

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
def learning_store() -> DynamoLearningStore:
    return DynamoLearningStore(rows())


@cache
def learned_levels() -> LearnedLevels:
    return LearnedLevels(learning_store(), time.monotonic)


@cache
def recompute() -> Recompute:
    store = DynamoIncidentStore(rows())
    return Recompute(learning_store(), store, Rerank(store, pause))


@cache
def consistency_check() -> CheckConsistency:
    return CheckConsistency(learning_store(), pause)


def confidence_transfer_in(table_name: str) -> TransferConfidence:
    """Returns the confidence transfer of a deployment, by the name of its table."""
    return TransferConfidence(DynamoLearningStore(bind(table_name, settings().region)))
