"""Builds the planner, the workflow of executions, its watchdog and approvals."""

import json
from collections.abc import Mapping
from functools import cache, partial

from cloudops.adapters.aws.client import ClientTimeouts, open_client
from cloudops.adapters.aws.functions import RemotePlanner
from cloudops.adapters.aws.messaging import StepFunctions
from cloudops.adapters.dynamodb.automation import DynamoPolicyStore
from cloudops.adapters.dynamodb.executions import DynamoExecutionStore
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.executors.assumed_role import AssumedRoleClients
from cloudops.adapters.executors.registry import EXECUTORS
from cloudops.bootstrap.automation import audit_trail, automation
from cloudops.bootstrap.catalog import inventory
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.learning import learned_levels, learning_store
from cloudops.catalog.inventory import ServiceInventory
from cloudops.core.time import SECOND
from cloudops.incidents.queries import IncidentQueries
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.observability.business_metrics import count_unrecorded_execution
from cloudops.remediation.approvals import ApprovalService, Plans
from cloudops.remediation.change_freeze import ChangeFreezes, parse_freezes
from cloudops.remediation.checks import ExecutionChecks, GuardrailReader
from cloudops.remediation.completion import ExecutionCompletion
from cloudops.remediation.permissions import Permissions
from cloudops.remediation.planner import Planner
from cloudops.remediation.verification import SOAK_TIME
from cloudops.remediation.watchdog import ExecutionWatchdog
from cloudops.remediation.workflow import ExecutionWorkflow, Executors


@cache
def executors() -> Executors:
    """Returns the executors by platform and action, each with the role that the deployment names."""
    roles: Mapping[str, str] = json.loads(settings().executor_roles)
    built = {}
    for (platform, action), entry in EXECUTORS.items():
        role = AssumedRoleClients(roles.get(f"{platform}/{action}", ""), platform, action)
        clients = (partial(role.client, service) for service in entry.services)
        built[platform, action] = entry.build(*clients)
    return built


PLAN_TIMEOUTS = ClientTimeouts(1, 18, 1)
"""In seconds. A plan reads its target in a function that may have to start; the API function has 29 s.
One try, since a second plan would take as long as the first."""
START_TIMEOUTS = ClientTimeouts(1, 2, 1)
"""In seconds. One try: if it fails, the watchdog starts the workflow."""


@cache
def executions() -> DynamoExecutionStore:
    return DynamoExecutionStore(rows())


@cache
def policies() -> DynamoPolicyStore:
    return DynamoPolicyStore(rows())


@cache
def planner() -> Planner:
    return Planner(
        inventory=current_inventory,
        executors=executors(),
        executions=executions(),
        guardrails=guardrails(),
    )


@cache
def guardrails() -> GuardrailReader:
    return GuardrailReader(
        store=DynamoIncidentStore(rows()),
        inventory=current_inventory,
        executions=executions(),
        policies=policies(),
        kill_switch=automation().kill_switch,
        silences=DynamoSilenceStore(rows()).all,
        freezes=freezes(),
        levels=learned_levels().current,
    )


@cache
def freezes() -> ChangeFreezes:
    return ChangeFreezes(parse_freezes(settings().freezes), current_inventory)


def current_inventory() -> ServiceInventory:
    """Returns the inventory as stored now, since plans and vetoes rest on it. Raises Unavailable if it cannot
    be read."""
    return inventory().fresh().inventory


@cache
def execution_workflow() -> ExecutionWorkflow:
    store = DynamoIncidentStore(rows())
    outcome = ReportOutcome(store, learning_store())
    completion = ExecutionCompletion(outcome, policies(), audit_trail(), pause, count_unrecorded_execution)
    return ExecutionWorkflow(
        executions(),
        IncidentQueries(store),
        executors(),
        ExecutionChecks(guardrails()),
        completion,
        soak_time=int(settings().soak_seconds) * SECOND if settings().soak_seconds else SOAK_TIME,
    )


@cache
def watchdog() -> ExecutionWatchdog:
    return ExecutionWatchdog(
        DynamoIncidentStore(rows()), executions(), policies(), workflows(), approvals_with(planner())
    )


@cache
def workflows() -> StepFunctions:
    client = open_client("stepfunctions", settings().region, START_TIMEOUTS)
    return StepFunctions(client, settings().state_machine)


@cache
def permissions() -> Permissions:
    return Permissions(
        inventory=current_inventory,
        incidents=DynamoIncidentStore(rows()),
        executions=executions(),
        silences=DynamoSilenceStore(rows()),
    )


@cache
def approvals() -> ApprovalService:
    """Returns approvals for the API, which has no executors: the remediation function makes the plans."""
    function = settings().remediate_function
    return approvals_with(RemotePlanner(open_client("lambda", settings().region, PLAN_TIMEOUTS), function))


def approvals_with(plans: Plans) -> ApprovalService:
    return ApprovalService(
        plans=plans,
        incidents=DynamoIncidentStore(rows()),
        executions=executions(),
        workflows=workflows(),
        trail=audit_trail(),
        pause=pause,
    )
