"""Begins workflows of remediation in Step Functions."""

import json
from typing import TYPE_CHECKING, ClassVar

from botocore.exceptions import ClientError

from cloudops.adapters.aws import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class StepFunctions:
    permissions: ClassVar = ("states:StartExecution",)

    def __init__(self, client: "SFNClient", state_machine: str) -> None:
        self._client = client
        self._state_machine = state_machine

    def start(self, name: str, execution_id: str) -> None:
        with aws_errors(f"begin workflow {name}"):
            try:
                self._client.start_execution(
                    stateMachineArn=self._state_machine,
                    name=name,
                    input=json.dumps({"execution": execution_id, "step": "begin", "seconds": 1}),
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "ExecutionAlreadyExists":
                    raise
