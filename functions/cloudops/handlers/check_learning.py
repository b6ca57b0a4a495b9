"""Lambda behind a weekly schedule: tells whether the learning cells are what the votes make them."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.api.http_event import Event
from cloudops.bootstrap.learning import consistency_check
from cloudops.learning.consistency_check import CheckConsistency
from cloudops.observability import logger, metrics


def respond(check: CheckConsistency) -> None:
    """One log line a cell that differs, and their number as a metric, which the alarm watches."""
    found = check.run()
    for one in found:
        symptom, action, service = one.cell
        logger.error(
            "learning cell differs from its votes",
            symptom=symptom,
            action=action,
            service_name=service,
            stored=repr(one.stored),
            logged=repr(one.logged),
        )
    metrics.add_metric(name="LearningCellsInconsistent", unit=MetricUnit.Count, value=len(found))
    metrics.flush_metrics()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """`event` says only that it is time; `context` is Lambda's (Any: Powertools reads it, we do not)."""
    respond(consistency_check())
