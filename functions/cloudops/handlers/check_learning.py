"""Lambda function behind a weekly schedule: checks the learning cells against the feedback they count."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from cloudops.api.http_event import Event
from cloudops.bootstrap.learning import consistency_check
from cloudops.learning.consistency_check import CheckConsistency
from cloudops.observability import logger, metrics


def respond(check: CheckConsistency) -> None:
    """Logs each cell that differs from its votes, and writes their number as the metric of the alarm."""
    differences = check.run()
    for one in differences:
        symptom, action, service, environment = one.cell
        logger.error(
            "learning cell differs from its votes",
            symptom=symptom,
            action=action,
            service_name=service,
            environment=environment,
            stored=repr(one.stored),
            logged=repr(one.logged),
        )
    metrics.add_metric(name="LearningCellsInconsistent", unit=MetricUnit.Count, value=len(differences))
    metrics.flush_metrics()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> None:
    """Runs on the schedule; `event` is not read. `context` is Lambda's (Any: only Powertools reads it)."""
    respond(consistency_check())
