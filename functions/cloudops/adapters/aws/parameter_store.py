"""Kill switch in the AWS Systems Manager Parameter Store; it works without the API."""

from typing import TYPE_CHECKING, ClassVar

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.core.time import SECOND
from cloudops.remediation.kill_switch import Setting, parse_setting

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class ParameterSwitch:
    """Kill switch: one parameter, which an operator changes with AWS' own tools."""

    permissions: ClassVar = ("ssm:GetParameter",)

    def __init__(self, client: "SSMClient", parameter: str) -> None:
        self.name = f"parameter {parameter}"
        self._client = client
        self._parameter = parameter

    def read(self) -> Setting:
        """Returns the setting. Its author is the parameter; CloudTrail records the person.

        Raises:
            CloudOpsError: The parameter cannot be read.
        """
        with translate_aws_errors(f"read {self.name}"):
            parameter = self._client.get_parameter(Name=self._parameter)["Parameter"]
        changed = parameter.get("LastModifiedDate")
        at = round(changed.timestamp() * SECOND) if changed else 0
        return parse_setting(parameter.get("Value", ""), self.name, at)
