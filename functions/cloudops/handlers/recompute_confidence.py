"""Lambda behind a schedule: learns from all that is new, and ranks the open incidents anew."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.api.http_event import Event
from cloudops.bootstrap.clock import now
from cloudops.bootstrap.learning import recompute
from cloudops.core.time import EpochMillis
from cloudops.learning.recompute import Recompute
from cloudops.observability import logger, metrics


def respond(run: Recompute, at: EpochMillis) -> None:
    done = run.run(at)
    logger.info("recomputed", cells=done.cells, changed=done.changed, reranked=done.reranked)
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
    """`event` says only that it is time; `context` is Lambda's (Any: Powertools reads it, we do not)."""
    respond(recompute(), now())
