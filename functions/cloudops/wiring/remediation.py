"""What carries out and looks after executions: in the remediation function, and in the API as it needs."""

from functools import cache

from cloudops.adapters.aws import Patience, open_client
from cloudops.adapters.dynamodb.executions import DynamoExecutionStore
from cloudops.adapters.dynamodb.policies import DynamoPolicyStore
from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.adapters.remote_planner import RemotePlanner
from cloudops.adapters.workflows import StepFunctions
from cloudops.domain.freeze import parse_freezes
from cloudops.flows.aftermath import Aftermath
from cloudops.flows.approvals import Approvals, Plans
from cloudops.flows.browse import Browse
from cloudops.flows.guarding import Guarding
from cloudops.flows.outcome import TakeOutcome
from cloudops.flows.planning import Planning
from cloudops.flows.remediate import Remediate
from cloudops.flows.watch import Watch
from cloudops.wiring.automation import automation, trail
from cloudops.wiring.clock import pause
from cloudops.wiring.estate import estate
from cloudops.wiring.executors import executors
from cloudops.wiring.learning import learning
from cloudops.wiring.table import rows, settings

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
