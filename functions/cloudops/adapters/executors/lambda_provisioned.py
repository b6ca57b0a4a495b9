"""Reads the provisioned concurrency of a Lambda function's alias."""

from typing import TYPE_CHECKING, Final

import msgspec
from botocore.exceptions import ClientError

from cloudops.adapters.aws import aws_errors
from cloudops.adapters.executors.lambda_alias import ON_FUNCTIONS, Alias
from cloudops.domain.catalogue import Target
from cloudops.domain.remediation import Permissions, Progress

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

READ_PROVISIONED: Final[Permissions] = {"lambda:GetProvisionedConcurrencyConfig": ON_FUNCTIONS}
PROGRESS: Final = {
    "IN_PROGRESS": Progress.MOVING,
    "READY": Progress.SETTLED,
    "FAILED": Progress.FAILED,
}
"""By what AWS calls the status of an allocation."""
_NO_CONFIG: Final = "ProvisionedConcurrencyConfigNotFoundException"


class Provisioned(msgspec.Struct, frozen=True):
    """Counted in concurrent executions: what was asked for, and how many of them are ready."""

    requested: int
    available: int | None
    status: str
    reason: str


def provisioned_on(client: "LambdaClient", target: Target, alias: Alias) -> Provisioned | None:
    """What is provisioned on the alias; None where nothing is."""
    with aws_errors(f"read the provisioned concurrency of {target}"):
        try:
            found = client.get_provisioned_concurrency_config(FunctionName=target.name, Qualifier=alias.name)
        except ClientError as error:
            if error.response["Error"]["Code"] == _NO_CONFIG:
                return None
            raise
    return Provisioned(
        found["RequestedProvisionedConcurrentExecutions"],
        found.get("AvailableProvisionedConcurrentExecutions"),
        found["Status"],
        found.get("StatusReason", ""),
    )
