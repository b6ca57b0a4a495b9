"""Lambda function behind a schedule: recomputes confidence from new feedback and reranks open incidents."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.api.http_event import Event
from cloudops.bootstrap.clock import now
from cloudops.bootstrap.learning import recompute
from cloudops.core.time import EpochMillis
from cloudops.learning.recompute import Recompute
from cloudops.observability import logger, metrics


def respond(recomputation: Recompute, at: EpochMillis) -> None:
    """Recomputes and reranks, then writes the counts as metrics."""
    done = recomputation.run(at)
    logger.info("confidence recomputed", cells=done.cells, changed=done.changed, reranked=done.reranked)
    counts = {
        "LearningCells": done.cells,
        "IncidentsReranked": done.reranked,
        "RerankConflicts": done.conflicts,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """Runs on the schedule; `event` is not read. `context` is Lambda's (Any: only Powertools reads it)."""
    respond(recompute(), now())
