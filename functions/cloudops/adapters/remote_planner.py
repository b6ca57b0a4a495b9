"""Asks the remediation function for a plan, so that the API itself may touch nothing of anybody's."""

import json
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from cloudops.adapters.aws import aws_errors
from cloudops.domain.alert import Instant
from cloudops.domain.errors import BadInput, CloudOpsError, Conflict, NotFound, Refused, Unavailable
from cloudops.domain.proposed import Answer, Proposed

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_KINDS: Final = {one.code: one for one in (BadInput, Conflict, NotFound, Refused, Unavailable)}


class RemotePlanner:
    permissions: ClassVar = ("lambda:InvokeFunction",)

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def __call__(self, suggestion: str, target: str, now: Instant) -> Proposed:
        """As the planning flow answers; Unavailable where the function fails."""
        doing = f"plan {suggestion}"
        asked = json.dumps({"plan": {"suggestion": suggestion, "target": target}})
        with aws_errors(doing):
            answer = self._client.invoke(FunctionName=self._function, Payload=asked.encode())
            payload = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise Unavailable(f"{doing}: the remediation function failed")
        told = msgspec.json.decode(payload, type=Answer)
        if told.failure is not None:
            kind = _KINDS.get(told.failure.code, CloudOpsError)
            raise kind(told.failure.message, field=told.failure.field)
        if told.proposed is None:
            raise Unavailable(f"{doing}: the remediation function answered nothing")
        return told.proposed
