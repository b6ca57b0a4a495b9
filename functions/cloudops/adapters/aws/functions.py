"""Asks the remediation function for a plan, so that the API itself may touch nothing of anybody's."""

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


_KINDS: Final = {one.code: one for one in (BadInput, Conflict, NotFound, Refused, Unavailable)}


class RemotePlanner:
    permissions: ClassVar = ("lambda:InvokeFunction",)

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def plan(self, suggestion_id: SuggestionId, wanted: str, now: EpochMillis) -> PlanReview:
        """As the planning flow answers; Unavailable where the function fails."""
        doing = f"plan {suggestion_id}"
        asked = json.dumps({"plan": {"suggestion": suggestion_id, "target": wanted}})
        with translate_aws_errors(doing):
            answer = self._client.invoke(FunctionName=self._function, Payload=asked.encode())
            payload = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise Unavailable(f"{doing}: the remediation function failed")
        told = msgspec.json.decode(payload, type=PlanResponse)
        if told.failure is not None:
            kind = _KINDS.get(told.failure.code, CloudOpsError)
            raise kind(told.failure.message, field=told.failure.field)
        if told.proposed is None:
            raise Unavailable(f"{doing}: the remediation function answered nothing")
        return told.proposed


AS_LONG_AS_A_REQUEST = ClientTimeouts(connect=1, read=15, tries=1)
"""Of the 29 s that the API has. One try: a second one would pull twice at once."""


class SourceSyncFunction:
    permissions: ClassVar = ("lambda:InvokeFunction",)

    def __init__(self, client: "LambdaClient", name: str) -> None:
        self._client = client
        self._name = name

    def sync(self, names: Sequence[str], now: EpochMillis) -> SyncResult | None:
        """None where it goes on longer than a request can wait. The function has its own clock."""
        del now
        doing = f"ask {', '.join(names)} by {self._name}"
        try:
            with translate_aws_errors(doing):
                answer = self._client.invoke(
                    FunctionName=self._name, Payload=msgspec.json.encode({"sources": names})
                )
                body = answer["Payload"].read()
        except Unavailable as error:
            if isinstance(error.__cause__, ReadTimeoutError):
                return None
            raise
        if "FunctionError" in answer:
            raise Unavailable(f"{doing}: {answer['FunctionError']}")
        return msgspec.json.decode(body, type=SyncResult)
