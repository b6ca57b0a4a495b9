"""Contract of incident stores: scopes and commits."""

import threading

import pytest

from cloudops.alerts.alert import Scope
from cloudops.core.errors import NotFound, WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.store import IncidentStore
from tests.fakes.incident_factory import (
    SCOPE,
    a_commit,
    a_state,
    an_alert,
    an_entry,
    an_incident,
    incident_named,
)


def test_a_new_scope_is_empty_at_version_0(store: IncidentStore) -> None:
    stored = store.load_scope(SCOPE)

    assert (stored.version, stored.state) == (0, a_state())


def test_a_commit_moves_the_scope_to_the_next_version(store: IncidentStore) -> None:
    store.commit(a_commit(0, batch="first"))
    store.commit(a_commit(1, batch="second"))

    stored = store.load_scope(SCOPE)
    assert (stored.version, stored.state) == (2, a_state("second"))


def test_scopes_with_similar_parts_are_distinct(store: IncidentStore) -> None:
    scopes = [
        Scope("a/b", "c"),
        Scope("a", "b/c"),
        Scope("", "a", "b/c"),
        Scope("x" * 3000, "\n"),
    ]
    for number, scope in enumerate(scopes):
        store.commit(a_commit(scope=scope, state=a_state(str(number), scope=scope)))

    assert [store.load_scope(scope).state.tombstones.keys() for scope in scopes] == [
        {"0"},
        {"1"},
        {"2"},
        {"3"},
    ]


def test_a_commit_stores_the_records_their_alerts_and_their_timeline(store: IncidentStore) -> None:
    web = an_incident("web")
    alert, entry = an_alert("web-5xx"), an_entry(web.id, "opened by web-5xx")

    store.commit(a_commit(0, web, alerts={web.id: (alert,)}, timeline=(entry,)))

    detail = store.detail(web.id)
    assert (detail.incident, detail.alerts, detail.timeline) == (web, (alert,), (entry,))


def test_a_commit_replaces_only_its_records(store: IncidentStore) -> None:
    web, db = an_incident("web"), an_incident("db")
    store.commit(a_commit(0, web, db))
    resolved = an_incident("web", status=IncidentStatus.RESOLVED)

    store.commit(a_commit(1, resolved, batch="second"))

    assert store.incidents([web.id, db.id]) == {web.id: resolved, db.id: db}


def test_a_commit_at_an_earlier_version_is_a_conflict_and_writes_nothing(store: IncidentStore) -> None:
    web, db = an_incident("web"), an_incident("db")
    store.commit(a_commit(0, web, batch="winner"))

    with pytest.raises(WriteConflict, match="123456789012/prod/eu-west-1"):
        store.commit(a_commit(0, db, batch="loser", alerts={web.id: (an_alert("web-5xx"),)}))

    assert store.incidents([web.id, db.id]) == {web.id: web}
    assert store.detail(web.id).alerts == ()
    assert store.load_scope(SCOPE).state == a_state("winner")


def test_a_commit_at_a_later_version_is_a_conflict(store: IncidentStore) -> None:
    with pytest.raises(WriteConflict):
        store.commit(a_commit(3, an_incident("web")))

    assert store.load_scope(SCOPE).version == 0


def test_the_same_commit_again_adds_nothing(store: IncidentStore) -> None:
    web = an_incident("web")
    commit = a_commit(0, web, alerts={web.id: (an_alert("web-5xx"),)}, timeline=(an_entry(web.id, "opened"),))
    store.commit(commit)

    store.commit(commit)

    detail = store.detail(web.id)
    assert store.load_scope(SCOPE).version == 1
    assert [alert.count for alert in detail.alerts] == [1]
    assert len(detail.timeline) == 1


def test_the_same_commit_again_adds_nothing_after_later_commits(store: IncidentStore) -> None:
    web = an_incident("web")
    commit = a_commit(0, web, timeline=(an_entry(web.id, "opened"),))
    store.commit(commit)
    resolved = an_incident("web", status=IncidentStatus.RESOLVED)
    store.commit(a_commit(1, resolved, batch="second"))

    store.commit(commit)

    assert store.load_scope(SCOPE).version == 2
    assert store.incidents([web.id]) == {web.id: resolved}


def test_another_commit_under_the_same_batch_id_is_a_conflict(store: IncidentStore) -> None:
    store.commit(a_commit(0, an_incident("web"), batch="batch"))

    with pytest.raises(WriteConflict):
        store.commit(a_commit(0, an_incident("db"), batch="batch"))

    assert store.incidents([incident_named("db")]) == {}


def test_an_incident_knows_its_scope(store: IncidentStore) -> None:
    store.commit(a_commit(0, an_incident("web")))

    assert store.scope_of(incident_named("web")) == SCOPE


@pytest.mark.parametrize("name", ["inc_0123456789abcdef", "", "inc_\n", "inc_\ud800", "ü", "x" * 3000])
def test_an_unknown_id_of_any_form_is_not_found(store: IncidentStore, name: str) -> None:
    with pytest.raises(NotFound):
        store.scope_of(IncidentId(name))
    with pytest.raises(NotFound):
        store.detail(IncidentId(name))


def test_more_incidents_than_one_request_reads_are_found(store: IncidentStore) -> None:
    names = [f"web-{number}" for number in range(120)]
    for version in range(0, 120, 30):
        batch = [an_incident(name) for name in names[version : version + 30]]
        store.commit(a_commit(version // 30, *batch, batch=str(version)))

    ids = {incident_named(name) for name in names}
    assert store.incidents([*ids, IncidentId("inc_0123456789abcdef")]).keys() == ids


def test_concurrent_commits_to_one_scope_lose_and_double_nothing(store: IncidentStore) -> None:
    threads, rounds = 16, 2
    shared = an_incident("shared")
    ready = threading.Barrier(threads)

    def work(worker: int) -> None:
        ready.wait()
        for turn in range(rounds):
            mark = f"{worker}-{turn}"
            while not _commit_mark(store, mark, shared.id):
                pass

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    marks = {f"{worker}-{turn}" for worker in range(threads) for turn in range(rounds)}
    stored = store.load_scope(SCOPE)
    detail = store.detail(shared.id)
    assert (stored.version, set(stored.state.tombstones)) == (32, marks)
    assert detail.incident.alert_count == 32
    assert {(alert.alert.title, alert.count) for alert in detail.alerts} == {(mark, 1) for mark in marks}


def _commit_mark(store: IncidentStore, mark: str, shared: IncidentId) -> bool:
    """Reads the scope, adds a mark and an alert, and commits; returns False after a conflict."""
    stored = store.load_scope(SCOPE)
    stored.state.tombstones[mark] = 1
    before = store.incidents([shared]).get(shared)
    after = an_incident("shared", alert_count=(before.alert_count if before else 0) + 1)
    alerts = {shared: (an_alert(mark),)}
    try:
        store.commit(a_commit(stored.version, after, batch=mark, state=stored.state, alerts=alerts))
    except WriteConflict:
        return False
    return True
