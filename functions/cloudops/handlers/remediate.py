"""Lambda behind the workflow of remediation: a step a call; makes plans, looks after lost executions."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aws_lambda_powertools.metrics import MetricUnit

from cloudops.bootstrap.clock import now
from cloudops.bootstrap.remediation import execution_workflow, planner, watchdog
from cloudops.core.errors import CloudOpsError
from cloudops.core.ids import ExecutionId, SuggestionId
from cloudops.core.time import EpochMillis
from cloudops.observability import logger, metrics
from cloudops.remediation.planner import Failure, PlanResponse
from cloudops.remediation.workflow import Next, WorkflowStep

LONGEST_ERROR: Final = 500


class Planned(msgspec.Struct, frozen=True):
    """Whose plan is asked for, on which target where there are several."""

    suggestion: SuggestionId
    target: str = ""


class Asked(msgspec.Struct, frozen=True):
    """What the function is called for: a plan, a look around, a step, or what follows a step that failed."""

    plan: Planned | None = None
    watch: bool = False
    execution: ExecutionId = ExecutionId("")
    step: WorkflowStep = WorkflowStep.BEGIN
    error: Mapping[str, Any] | None = None


def answer(asked: Asked, at: EpochMillis) -> object:
    if asked.plan is not None:
        return _plan(asked.plan, at)
    if asked.watch:
        _watch(at)
        return None
    if asked.error is not None:
        return _next(asked, execution_workflow().rescue(asked.execution, _words(asked.error), at))
    return _next(asked, execution_workflow().advance(asked.execution, asked.step, at))


def _plan(planned: Planned, at: EpochMillis) -> PlanResponse:
    try:
        return PlanResponse(planner().plan(planned.suggestion, planned.target, at))
    except CloudOpsError as error:
        return PlanResponse(failure=Failure(error.code, error.message, error.field))


def _watch(at: EpochMillis) -> None:
    found = watchdog().run(at)
    logger.info("watched", **msgspec.to_builtins(found))
    for name, value in (("ExecutionsResumed", found.resumed), ("AutomationFailures", found.failed)):
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()


def _next(asked: Asked, following: Next) -> Mapping[str, object]:
    """The workflow's state: what it hands to its next step."""
    logger.info("stepped", execution=asked.execution, step=asked.step, following=following.step)
    return {"execution": asked.execution, "step": following.step, "seconds": following.seconds}


def _words(error: Mapping[str, Any]) -> str:
    """What Step Functions says of a step that failed: {"Error", "Cause"}, the cause being
    Lambda's JSON."""
    cause = error.get("Cause")
    try:
        told = msgspec.json.decode(str(cause), type=dict[str, Any])
    except msgspec.DecodeError:
        told = {}
    return str(told.get("errorMessage") or cause or error.get("Error") or "unknown")[:LONGEST_ERROR]


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: Any) -> Any:
    """`event` is Asked as JSON; `context` is Lambda's (Any: Powertools reads it, we do not)."""
    return msgspec.to_builtins(answer(msgspec.convert(event, Asked), now()))
