"""Health of services: a live incident counts also where many others are newer."""

import pytest

from cloudops.catalog.declaration import Catalog, ServiceDeclaration
from cloudops.incidents.service_health import HEALTH_PAGE_SIZE
from tests.fakes.application import Agent
from tests.fakes.incident_factory import NOON, SCOPE, a_commit, an_incident


@pytest.mark.parametrize(
    "newer", [HEALTH_PAGE_SIZE - 1, HEALTH_PAGE_SIZE, HEALTH_PAGE_SIZE + 1, 3 * HEALTH_PAGE_SIZE]
)
def test_a_service_is_not_shown_without_incidents_because_others_are_newer(newer: int) -> None:
    agent = Agent(catalog=Catalog({"old": ServiceDeclaration(), "busy": ServiceDeclaration()}))
    incidents = [an_incident("old", opened_at=NOON - 1)]
    incidents += [an_incident(f"new-{number}", services=("busy",)) for number in range(newer)]
    version = agent.store.load_scope(SCOPE).version
    agent.store.commit(a_commit(version, *incidents))
    shown = {one.service.name: one.live_incidents for one in agent.application.services.services()}
    assert shown == {"old": 1, "busy": newer}
