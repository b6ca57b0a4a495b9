"""Lambda function of remediation: runs one workflow step a call, makes plans, and runs the watchdog."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aws_lambda_powertools.metrics import MetricUnit

from cloudops.bootstrap.clock import now
from cloudops.bootstrap.remediation import execution_workflow, freezes, planner, watchdog
from cloudops.core.errors import CloudOpsError
from cloudops.core.ids import ExecutionId, SuggestionId
from cloudops.core.time import EpochMillis
from cloudops.observability import logger, metrics
from cloudops.remediation.change_freeze import ChangeFreezes
from cloudops.remediation.planner import Failure, PlanResponse
from cloudops.remediation.workflow import Next, WorkflowStep

MAX_ERROR_LENGTH: Final = 500
"""Characters of a workflow error that an execution stores."""


class PlanInput(msgspec.Struct, frozen=True):
    """A request for the plan of a suggestion; `target` chooses one of several, or is empty."""

    suggestion: SuggestionId
    target: str = ""


class WorkflowInput(msgspec.Struct, frozen=True):
    """The event of the function: a plan, a run of the watchdog, a step, or the error of a failed step."""

    plan: PlanInput | None = None
    watch: bool = False
    execution: ExecutionId = ExecutionId("")
    step: WorkflowStep = WorkflowStep.BEGIN
    error: Mapping[str, Any] | None = None


def respond(request: WorkflowInput, at: EpochMillis) -> object:
    """Returns the plan or its failure, the next step of the workflow, or None after a run of the watchdog."""
    if request.plan is not None:
        return _plan(request.plan, at)
    if request.watch:
        _watch(at)
        return None
    if request.error is not None:
        return _next(request, execution_workflow().rescue(request.execution, _error_text(request.error), at))
    return _next(request, execution_workflow().advance(request.execution, request.step, at))


def _plan(request: PlanInput, at: EpochMillis) -> PlanResponse:
    try:
        return PlanResponse(planner().plan(request.suggestion, request.target, at))
    except CloudOpsError as error:
        return PlanResponse(failure=Failure(error.code, error.message, error.field))


def _watch(at: EpochMillis) -> None:
    result = watchdog().run(at)
    logger.info("watchdog finished", **msgspec.to_builtins(result))
    counts = {
        "ExecutionsResumed": result.resumed,
        "AutomationFailures": result.failed,
        "ExecutionsUnrecorded": result.unrecorded,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()
    report_unknown_names(freezes(), at)


def report_unknown_names(change_freezes: ChangeFreezes, at: EpochMillis) -> None:
    """Warns of names in change freezes that the catalog does not know: such a freeze covers more than it
    says."""
    unknown = [name for one in change_freezes.list(at) for name in one.unknown_names]
    if unknown:
        logger.warning("change freezes with unknown names found", names=unknown)
    metrics.add_metric(name="FreezeNamesUnknown", unit=MetricUnit.Count, value=len(unknown))
    metrics.flush_metrics()


def _next(request: WorkflowInput, following: Next) -> Mapping[str, object]:
    """Returns the state that Step Functions passes to the next step; `seconds` is the wait before it."""
    logger.info("step finished", execution_id=request.execution, step=request.step, next_step=following.step)
    return {"execution": request.execution, "step": following.step, "seconds": following.seconds}


def _error_text(error: Mapping[str, Any]) -> str:
    """Returns the message of a failed step.

    Step Functions reports {"Error", "Cause"}; the cause is Lambda's JSON with `errorMessage`, or plain text
    if Lambda itself failed.
    """
    cause = error.get("Cause")
    try:
        details = msgspec.json.decode(str(cause), type=dict[str, Any])
    except msgspec.DecodeError:
        details = {}
    return str(details.get("errorMessage") or cause or error.get("Error") or "unknown")[:MAX_ERROR_LENGTH]


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: Any) -> Any:
    """Handles a WorkflowInput as JSON. `context` is Lambda's (Any: only Powertools reads it)."""
    return msgspec.to_builtins(respond(msgspec.convert(event, WorkflowInput), now()))
