"""Invokes the functions that plan remediations and sync sources, whose permissions the API does not have."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from botocore.exceptions import ReadTimeoutError

from cloudops.adapters.aws.client import ClientTimeouts, translate_aws_errors
from cloudops.core.errors import BadInput, CloudOpsError, Conflict, NotFound, Refused, Unavailable
from cloudops.core.ids import SuggestionId
from cloudops.core.time import EpochMillis
from cloudops.remediation.planner import PlanResponse, PlanReview
from cloudops.sources.health import SyncResult

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


_ERRORS: Final = {error.code: error for error in (BadInput, Conflict, NotFound, Refused, Unavailable)}


class RemotePlanner:
    """Makes plans in the remediation function."""

    permissions: ClassVar = ("lambda:InvokeFunction",)

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def plan(self, suggestion_id: SuggestionId, wanted: str, now: EpochMillis) -> PlanReview:
        """Returns the plan of a suggestion; the function's own clock replaces `now`.

        Raises:
            BadInput, Conflict, NotFound, Refused: As the planner raises them.
            Unavailable: The planner raises it, or the function fails.
        """
        operation = f"plan {suggestion_id}"
        request = json.dumps({"plan": {"suggestion": suggestion_id, "target": wanted}})
        with translate_aws_errors(operation):
            invocation = self._client.invoke(FunctionName=self._function, Payload=request.encode())
            payload = invocation["Payload"].read()
        if invocation.get("FunctionError"):
            raise Unavailable(f"{operation}: the remediation function failed")
        response = msgspec.json.decode(payload, type=PlanResponse)
        if response.failure is not None:
            error_class = _ERRORS.get(response.failure.code, CloudOpsError)
            raise error_class(response.failure.message, field=response.failure.field)
        if response.proposed is None:
            raise Unavailable(f"{operation}: the remediation function returned no plan")
        return response.proposed


SYNC_TIMEOUTS = ClientTimeouts(connect=1, read=15, attempts=1)
"""Within the 29 s of the API. A second attempt would start a second sync beside the first."""


class SourceSyncFunction:
    """Syncs sources in the source sync function."""

    permissions: ClassVar = ("lambda:InvokeFunction",)

    def __init__(self, client: "LambdaClient", name: str) -> None:
        self._client = client
        self._name = name

    def sync(self, names: Sequence[str], now: EpochMillis) -> SyncResult | None:
        """Syncs the sources of these names; the function's own clock replaces `now`.

        Returns:
            The result, or None if the sync continues after the time that a request can wait.

        Raises:
            CloudOpsError: The function cannot be invoked, or it fails.
        """
        del now
        operation = f"ask {', '.join(names)} by {self._name}"
        try:
            with translate_aws_errors(operation):
                invocation = self._client.invoke(
                    FunctionName=self._name, Payload=msgspec.json.encode({"sources": names})
                )
                body = invocation["Payload"].read()
        except Unavailable as error:
            if isinstance(error.__cause__, ReadTimeoutError):
                return None
            raise
        if "FunctionError" in invocation:
            raise Unavailable(f"{operation}: {invocation['FunctionError']}")
        return msgspec.json.decode(body, type=SyncResult)
