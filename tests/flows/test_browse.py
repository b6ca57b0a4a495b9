"""Which incident stands for one that was merged."""

from msgspec.structs import replace

from cloudops.domain.incident import Incident, IncidentStatus
from cloudops.domain.ports import Commit
from cloudops.flows.browse import Browse
from tests.fakes.agent import NOW, Agent
from tests.fakes.store import MemoryIncidentStore
from tests.flows.payloads import MINUTE, plain, received


def template() -> Incident:
    agent = Agent()
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    return agent.store.incidents([name])[name]


def store_with(*incidents: Incident) -> MemoryIncidentStore:
    store = MemoryIncidentStore()
    scope = incidents[0].scope
    stored = store.load_scope(scope)
    store.commit(
        Commit(scope=scope, expected_version=0, state=stored.state, batch_id="b", incidents=incidents)
    )
    return store


def merged(name: str, into: str) -> Incident:
    return replace(template(), id=name, status=IncidentStatus.MERGED, merged_into=into)


def test_a_merged_incident_is_represented_by_the_one_that_absorbed_it() -> None:
    survivor = replace(template(), id="inc_c")
    browse = Browse(store_with(merged("inc_a", "inc_b"), merged("inc_b", "inc_c"), survivor))
    assert browse.standing(["inc_a", "inc_b", "inc_c"]) == [survivor]


def test_standing_incidents_come_newest_opened_first() -> None:
    old, new = replace(template(), id="inc_1"), replace(template(), id="inc_2", opened_at=NOW + MINUTE)
    assert [one.id for one in Browse(store_with(old, new)).standing(["inc_1", "inc_2"])] == ["inc_2", "inc_1"]


def test_incidents_that_absorbed_each_other_end_the_search() -> None:
    assert Browse(store_with(merged("inc_a", "inc_b"), merged("inc_b", "inc_a"))).standing(["inc_a"]) == []
