"""Fixtures: the API on stores in memory, and an operator as its caller."""

import pytest

from cloudops.api.app import Api
from tests.fakes.application import Agent
from tests.fakes.gateway import Client


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
def call(agent: Agent) -> Client:
    return Client(Api(lambda: agent.application))
