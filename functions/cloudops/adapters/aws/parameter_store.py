"""The switch of automation in AWS Systems Manager: it works when the API does not."""

from typing import TYPE_CHECKING, ClassVar

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.core.time import SECOND
from cloudops.remediation.kill_switch import Setting, parse_setting

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class ParameterSwitch:
    permissions: ClassVar = ("ssm:GetParameter",)

    def __init__(self, client: "SSMClient", parameter: str) -> None:
        self.name = f"parameter {parameter}"
        self._client = client
        self._parameter = parameter

    def read(self) -> Setting:
        """Who changed it, CloudTrail knows; here it is the parameter."""
        with translate_aws_errors(f"read {self.name}"):
            found = self._client.get_parameter(Name=self._parameter)["Parameter"]
        changed = found.get("LastModifiedDate")
        at = round(changed.timestamp() * SECOND) if changed else 0
        return parse_setting(found.get("Value", ""), self.name, at)
