"""The kill switch parameter, on moto: it stops automation, also if it cannot be read."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_ssm import SSMClient

from cloudops.adapters.aws.parameter_store import ParameterSwitch
from cloudops.core.errors import CloudOpsError
from cloudops.remediation.kill_switch import Automation
from tests.fakes.audit_trail import MemorySwitch

NAME = "/CloudOps/automation"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[SSMClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield boto3.client("ssm", region_name="eu-central-1")


def put(client: SSMClient, text: str) -> None:
    client.put_parameter(Name=NAME, Value=text, Type="String", Overwrite=True)


def test_a_changed_parameter_takes_effect_at_once(client: SSMClient) -> None:
    switch = ParameterSwitch(client, NAME)
    put(client, "enabled")
    assert switch.read().enabled
    put(client, "stopped: bad deploy")
    setting = switch.read()
    assert (setting.enabled, setting.by, setting.reason) == (False, f"parameter {NAME}", "bad deploy")
    assert setting.at > 1_700_000_000_000


def test_a_missing_parameter_stops_automation(client: SSMClient) -> None:
    switch = ParameterSwitch(client, NAME)
    with pytest.raises(CloudOpsError, match=NAME):
        switch.read()
    stopped = Automation(MemorySwitch(), switch).kill_switch(1)
    assert stopped.stopped
    assert f"parameter {NAME} cannot be read" in stopped.reason
