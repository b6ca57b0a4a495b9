"""What carries out and looks after executions: in the remediation function, and in the API as it needs."""

import json
from collections.abc import Mapping
from functools import cache, partial

from cloudops.adapters.aws.client import Patience, open_client
from cloudops.adapters.aws.functions import RemotePlanner
from cloudops.adapters.aws.messaging import StepFunctions
from cloudops.adapters.dynamodb.automation import DynamoPolicyStore
from cloudops.adapters.dynamodb.executions import DynamoExecutionStore
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.executors.assumed_role import ExecutorRole
from cloudops.adapters.executors.registry import EXECUTORS
from cloudops.bootstrap.automation import automation, trail
from cloudops.bootstrap.catalog import estate
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.learning import learning
from cloudops.incidents.queries import Browse
from cloudops.learning.outcome_reporting import TakeOutcome
from cloudops.remediation.approvals import Approvals, Plans
from cloudops.remediation.change_freeze import parse_freezes
from cloudops.remediation.completion import Aftermath
from cloudops.remediation.planner import Guarding, Planning
from cloudops.remediation.watchdog import Watch
from cloudops.remediation.workflow import Executors, Remediate


@cache
def executors() -> Executors:
    """By platform and action, with the roles that the deployment names."""
    roles: Mapping[str, str] = json.loads(settings().executor_roles)
    built = {}
    for (platform, action), entry in EXECUTORS.items():
        role = ExecutorRole(roles.get(f"{platform}/{action}", ""), platform, action)
        openers = (partial(role.client, service) for service in entry.services)
        built[platform, action] = entry.build(*openers)
    return built


PLANNING = Patience(1, 15, 1)
"""Seconds: a plan reads the target, with a function that may have to start first; the API has 20."""


@cache
def executions() -> DynamoExecutionStore:
    return DynamoExecutionStore(rows())


@cache
def policies() -> DynamoPolicyStore:
    return DynamoPolicyStore(rows())


@cache
def planning() -> Planning:
    return Planning(
        store=DynamoIncidentStore(rows()),
        estate=lambda: estate()().estate,
        executors=executors(),
        executions=executions(),
        policies=policies(),
        kill_switch=automation().kill_switch,
        freezes=parse_freezes(settings().freezes),
    )


@cache
def remediate() -> Remediate:
    store = DynamoIncidentStore(rows())
    outcome = TakeOutcome(store, learning())
    aftermath = Aftermath(outcome, policies(), trail(), pause)
    return Remediate(executions(), Browse(store), executors(), Guarding(planning()), aftermath)


@cache
def watch() -> Watch:
    approvals = approvals_by(planning())
    return Watch(DynamoIncidentStore(rows()), executions(), policies(), workflows(), approvals)


@cache
def workflows() -> StepFunctions:
    return StepFunctions(open_client("stepfunctions", settings().region), settings().state_machine)


@cache
def remote_approvals() -> Approvals:
    """For the API, which has the plan made where the executors are."""
    function = settings().remediate_function
    return approvals_by(RemotePlanner(open_client("lambda", settings().region, PLANNING), function))


def approvals_by(plans: Plans) -> Approvals:
    return Approvals(
        plans=plans,
        incidents=DynamoIncidentStore(rows()),
        executions=executions(),
        workflows=workflows(),
        trail=trail(),
        pause=pause,
    )
