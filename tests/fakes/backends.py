"""Fixtures of the stores that share a contract: in memory, on moto in this process, on the emulator."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import boto3
import moto.dynamodb.responses
import pytest
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import DDBType, DynamoType

from cloudops.adapters.dynamodb.audit_trail import DynamoAuditStore
from cloudops.adapters.dynamodb.automation import DynamoPolicyStore, DynamoSwitch
from cloudops.adapters.dynamodb.executions import DynamoExecutionStore
from cloudops.adapters.dynamodb.idempotency import DynamoOnce
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.learning_store import DynamoLearningStore
from cloudops.adapters.dynamodb.outbox import DynamoOutbox
from cloudops.adapters.dynamodb.people import DynamoPeopleStore
from cloudops.adapters.dynamodb.quarantine import DynamoQuarantine
from cloudops.adapters.dynamodb.row import Rows, bind
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.audit.trail import AuditStore
from cloudops.chatops.ports import IdempotencyGuard
from cloudops.identity.people import PeopleStore
from cloudops.incidents.store import IncidentStore
from cloudops.ingestion.quarantine import Quarantine
from cloudops.learning.store import LearningStore
from cloudops.notifications.outbox import Outbox
from cloudops.remediation.autonomy import PolicyStore
from cloudops.remediation.kill_switch import SettableSwitch
from cloudops.remediation.store import ExecutionStore
from cloudops.silences.service import SilenceStore
from local.emulator import REGION, Emulator
from tests.fakes.audit_trail import MemoryAuditStore, MemorySwitch
from tests.fakes.dynamodb import create_table
from tests.fakes.execution import MemoryExecutionStore, MemoryPolicyStore
from tests.fakes.idempotency import MemoryOnce
from tests.fakes.outbox import MemoryOutbox
from tests.fakes.store import MemoryIncidentStore, MemoryPeopleStore, MemoryQuarantine, MemorySilenceStore

TABLE = "contract"
BACKENDS = ("memory", "moto", pytest.param("emulator", marks=pytest.mark.emulator))


def _sum(one: DynamoType, other: DynamoType) -> DynamoType:
    """DynamoDB adds decimals; moto's own addition stumbles over exponents such as 1e-09."""
    return DynamoType({DDBType.NUMBER: f"{Decimal(one.value) + Decimal(other.value):f}"})


@pytest.fixture(scope="session")
def moto_rows() -> Rows:
    return bind(TABLE, "eu-west-1")


@pytest.fixture(scope="session")
def moto_client() -> Any:
    """boto3's own client, which makes the tables. Any, as is the emulator's."""
    return boto3.client("dynamodb", "eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def moto_table(moto_rows: Rows, moto_client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rows]:
    """An empty table in this process. moto's DynamoDB is not safe under threads: one call at a time."""
    handler = moto.dynamodb.responses.DynamoHandler
    one_at_a_time, answer = threading.Lock(), handler.call_action

    def call_action(self: Any) -> Any:
        with one_at_a_time:
            return answer(self)

    monkeypatch.setattr(handler, "call_action", call_action)
    monkeypatch.setattr(DynamoType, "__add__", _sum)
    with mock_aws():
        create_table(moto_client, TABLE)
        yield moto_rows


@pytest.fixture(scope="session")
def emulator_client(emulator: Emulator) -> Any:
    return emulator.client("dynamodb")


@pytest.fixture
def emulator_table(
    emulator: Emulator, emulator_client: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rows]:
    """An empty table with a unique name.

    Like DynamoDB, the emulator stores for ten minutes which writes a table received, even after the table is
    deleted and created again.
    """
    name = f"contract-{uuid4()}"
    create_table(emulator_client, name)
    for variable, value in emulator.environment().items():
        monkeypatch.setenv(variable, value)
    yield bind(name, REGION)
    emulator_client.delete_table(TableName=name)


@pytest.fixture(params=BACKENDS[1:])
def rows(request: pytest.FixtureRequest) -> Rows:
    """The bound rows of an empty table, on moto and on the emulator."""
    table: Rows = request.getfixturevalue(f"{request.param}_table")
    return table


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest) -> IncidentStore:
    if request.param == "memory":
        return MemoryIncidentStore()
    return DynamoIncidentStore(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture
def learning(store: IncidentStore) -> LearningStore:
    """What the store under test has learned: the same table."""
    if isinstance(store, MemoryIncidentStore):
        return store.learning
    assert isinstance(store, DynamoIncidentStore)
    return DynamoLearningStore(store._rows)


@pytest.fixture(params=BACKENDS)
def quarantine(request: pytest.FixtureRequest) -> Quarantine:
    if request.param == "memory":
        return MemoryQuarantine()
    return DynamoQuarantine(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture(params=BACKENDS)
def silences(request: pytest.FixtureRequest) -> SilenceStore:
    if request.param == "memory":
        return MemorySilenceStore()
    return DynamoSilenceStore(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture(params=BACKENDS)
def people(request: pytest.FixtureRequest) -> PeopleStore:
    if request.param == "memory":
        return MemoryPeopleStore()
    return DynamoPeopleStore(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture(params=BACKENDS)
def outbox(request: pytest.FixtureRequest) -> Outbox:
    if request.param == "memory":
        return MemoryOutbox()
    return DynamoOutbox(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture(params=BACKENDS)
def once(request: pytest.FixtureRequest) -> IdempotencyGuard:
    if request.param == "memory":
        return MemoryOnce()
    return DynamoOnce(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture(params=BACKENDS)
def executions(request: pytest.FixtureRequest) -> ExecutionStore:
    if request.param == "memory":
        return MemoryExecutionStore()
    return DynamoExecutionStore(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture(params=BACKENDS)
def policies(request: pytest.FixtureRequest) -> PolicyStore:
    if request.param == "memory":
        return MemoryPolicyStore()
    return DynamoPolicyStore(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture(params=BACKENDS)
def audit(request: pytest.FixtureRequest) -> AuditStore:
    if request.param == "memory":
        return MemoryAuditStore()
    return DynamoAuditStore(request.getfixturevalue(f"{request.param}_table"))


@pytest.fixture(params=BACKENDS)
def switch(request: pytest.FixtureRequest) -> SettableSwitch:
    if request.param == "memory":
        return MemorySwitch()
    return DynamoSwitch(request.getfixturevalue(f"{request.param}_table"))
