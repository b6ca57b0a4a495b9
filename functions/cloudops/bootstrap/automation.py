"""Builds the audit trail and the kill switch."""

from functools import cache

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.parameter_store import ParameterSwitch
from cloudops.adapters.dynamodb.audit_trail import DynamoAuditStore
from cloudops.adapters.dynamodb.automation import DynamoSwitch
from cloudops.adapters.dynamodb.row import bind
from cloudops.audit.trail import AuditTrail
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows, settings
from cloudops.remediation.kill_switch import Automation


@cache
def audit_trail() -> AuditTrail:
    return AuditTrail(DynamoAuditStore(rows()), pause)


def audit_trail_in(table_name: str) -> AuditTrail:
    """Returns the audit trail of a deployment, by the name of its table."""
    return AuditTrail(DynamoAuditStore(bind(table_name, settings().region)), pause)


@cache
def automation() -> Automation:
    parameter = ParameterSwitch(open_client("ssm", settings().region), settings().automation_parameter)
    return Automation(DynamoSwitch(rows()), parameter)
