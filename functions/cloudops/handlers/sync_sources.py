"""Lambda function behind two schedules and the API: polls the alert sources and runs discovery."""

from typing import Any

import msgspec
from aws_lambda_powertools.metrics import MetricUnit

from cloudops.api.http_event import Event
from cloudops.bootstrap.clock import now
from cloudops.bootstrap.source_sync import source_sync
from cloudops.core.time import EpochMillis
from cloudops.observability import logger, metrics
from cloudops.sources.health import SourceState, SourceSync, SyncResult


def respond(event: Event, sources: SourceSync, at: EpochMillis) -> dict[str, Any]:
    """Returns a SyncResult as JSON (Any) for `event`, which is {"sources": [names]}.

    Logs each failing source, and counts failing sources, missed alerts and parked incidents as metrics.
    """
    result = sources.sync(event["sources"], at) or SyncResult()
    failing = [one for one in result.health if one.state in (SourceState.FAILING, SourceState.ACCESS_DENIED)]
    for one in failing:
        logger.warning("source failed", source_name=one.name, state=one.state, reason=one.error)
    counts = {
        "SourcesFailing": len(failing),
        "AlertsMissed": sum(one.counts.get("missed", 0) for one in result.health if one not in failing),
        "IncidentsParked": result.parked_incidents,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()
    answer: dict[str, Any] = msgspec.to_builtins(result)
    return answer


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Runs one sync. `context` is Lambda's (Any: only Powertools reads it)."""
    return respond(event, source_sync(), now())
