"""What carries out and looks after executions: in the remediation function, and in the API as it needs."""

import json
from collections.abc import Mapping
from functools import cache, partial

from cloudops.adapters.aws.client import ClientTimeouts, open_client
from cloudops.adapters.aws.functions import RemotePlanner
from cloudops.adapters.aws.messaging import StepFunctions
from cloudops.adapters.dynamodb.automation import DynamoPolicyStore
from cloudops.adapters.dynamodb.executions import DynamoExecutionStore
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.executors.assumed_role import AssumedRoleClients
from cloudops.adapters.executors.registry import EXECUTORS
from cloudops.bootstrap.automation import automation, trail
from cloudops.bootstrap.catalog import inventory
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.learning import learning
from cloudops.incidents.queries import IncidentQueries
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.remediation.approvals import ApprovalService, Plans
from cloudops.remediation.change_freeze import parse_freezes
from cloudops.remediation.completion import ExecutionCompletion
from cloudops.remediation.planner import Planner, PreExecutionCheck
from cloudops.remediation.watchdog import ExecutionWatchdog
from cloudops.remediation.workflow import ExecutionWorkflow, Executors


@cache
def executors() -> Executors:
    """By platform and action, with the roles that the deployment names."""
    roles: Mapping[str, str] = json.loads(settings().executor_roles)
    built = {}
    for (platform, action), entry in EXECUTORS.items():
        role = AssumedRoleClients(roles.get(f"{platform}/{action}", ""), platform, action)
        openers = (partial(role.client, service) for service in entry.services)
        built[platform, action] = entry.build(*openers)
    return built


PLANNING = ClientTimeouts(1, 15, 1)
"""Seconds: a plan reads the target, with a function that may have to start first; the API has 20."""


@cache
def executions() -> DynamoExecutionStore:
    return DynamoExecutionStore(rows())


@cache
def policies() -> DynamoPolicyStore:
    return DynamoPolicyStore(rows())


@cache
def planning() -> Planner:
    return Planner(
        store=DynamoIncidentStore(rows()),
        inventory=lambda: inventory().current().inventory,
        executors=executors(),
        executions=executions(),
        policies=policies(),
        kill_switch=automation().kill_switch,
        freezes=parse_freezes(settings().freezes),
    )


@cache
def remediate() -> ExecutionWorkflow:
    store = DynamoIncidentStore(rows())
    outcome = ReportOutcome(store, learning())
    completion = ExecutionCompletion(outcome, policies(), trail(), pause)
    return ExecutionWorkflow(
        executions(),
        IncidentQueries(store),
        executors(),
        PreExecutionCheck(planning()).check,
        completion.complete,
    )


@cache
def watch() -> ExecutionWatchdog:
    approvals = approvals_by(planning())
    return ExecutionWatchdog(DynamoIncidentStore(rows()), executions(), policies(), workflows(), approvals)


@cache
def workflows() -> StepFunctions:
    return StepFunctions(open_client("stepfunctions", settings().region), settings().state_machine)


@cache
def remote_approvals() -> ApprovalService:
    """For the API, which has the plan made where the executors are."""
    function = settings().remediate_function
    return approvals_by(RemotePlanner(open_client("lambda", settings().region, PLANNING), function))


def approvals_by(plans: Plans) -> ApprovalService:
    return ApprovalService(
        plans=plans,
        incidents=DynamoIncidentStore(rows()),
        executions=executions(),
        workflows=workflows(),
        trail=trail(),
        pause=pause,
    )
