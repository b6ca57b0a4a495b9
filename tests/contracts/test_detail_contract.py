"""Contract of incident stores: one incident with alerts, votes and timeline."""

import pytest

from cloudops.alerts.alert import AlertStatus
from cloudops.core.errors import BadInput
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.store import IncidentStore
from tests.fakes.incident_factory import NOON, a_commit, a_vote, an_alert, an_entry, an_incident


def test_alerts_show_the_latest_state_of_each_episode_newest_first(store: IncidentStore) -> None:
    web = an_incident("web")
    cpu, disk = an_alert("cpu", NOON), an_alert("disk", NOON + MINUTE)
    cleared = an_alert("cpu", NOON + 2 * MINUTE, status=AlertStatus.RESOLVED)
    store.commit(a_commit(0, web, alerts={web.id: (cpu, disk)}))
    store.commit(a_commit(1, web, batch="second", alerts={web.id: (cleared,)}))

    alerts = store.detail(web.id).alerts

    assert [(one.alert.title, one.alert.status, one.count) for one in alerts] == [
        ("cpu", AlertStatus.RESOLVED, 2),
        ("disk", AlertStatus.FIRING, 1),
    ]


def test_a_late_state_does_not_hide_the_latest(store: IncidentStore) -> None:
    web = an_incident("web")
    cleared = an_alert("cpu", NOON + MINUTE, status=AlertStatus.RESOLVED)
    store.commit(a_commit(0, web, alerts={web.id: (cleared,)}))
    store.commit(a_commit(1, web, batch="second", alerts={web.id: (an_alert("cpu", NOON),)}))

    alerts = store.detail(web.id).alerts

    assert [(one.alert.status, one.count) for one in alerts] == [(AlertStatus.RESOLVED, 2)]


def test_two_episodes_of_one_alert_are_two_firings(store: IncidentStore) -> None:
    web = an_incident("web")
    rows = (an_alert("cpu", NOON, episode="1"), an_alert("cpu", NOON + MINUTE, episode="2"))
    store.commit(a_commit(0, web, alerts={web.id: rows}))

    assert [one.alert.episode for one in store.detail(web.id).alerts] == ["2", "1"]


def test_alerts_are_paged_by_cursor_without_a_gap_or_a_double(store: IncidentStore) -> None:
    web = an_incident("web")
    rows = tuple(an_alert(f"a{number}", NOON + number) for number in range(5))
    store.commit(a_commit(0, web, alerts={web.id: rows}))

    first = store.detail(web.id, limit=2)
    second = store.detail(web.id, first.cursor, limit=2)
    third = store.detail(web.id, second.cursor, limit=2)

    assert [[one.alert.title for one in page.alerts] for page in (first, second, third)] == [
        ["a4", "a3"],
        ["a2", "a1"],
        ["a0"],
    ]
    assert third.cursor is None


def test_a_cursor_of_the_list_is_invalid_for_alerts(store: IncidentStore) -> None:
    store.commit(a_commit(0, an_incident("web")))

    with pytest.raises(BadInput) as caught:
        store.detail(an_incident("web").id, "WzEsImEiXQ")

    assert caught.value.field == "cursor"


def test_a_merge_moves_alerts_votes_and_timeline_to_the_survivor(store: IncidentStore) -> None:
    web, db = an_incident("web"), an_incident("db")
    store.commit(
        a_commit(
            0,
            web,
            db,
            alerts={web.id: (an_alert("web-5xx", NOON),), db.id: (an_alert("db-cpu", NOON + 1),)},
            timeline=(an_entry(web.id, "web opened", NOON), an_entry(db.id, "db opened", NOON + 1)),
        )
    )
    vote = a_vote(db.id, "ada", 1)
    store.vote(vote, an_entry(db.id, "ada voted", NOON + 2))
    survivor = an_incident("web", merged_from=(db.id,))
    gone = an_incident("db", status=IncidentStatus.MERGED, merged_into=web.id)
    store.commit(a_commit(1, survivor, gone, batch="merge"))

    detail = store.detail(web.id)

    assert detail.incident == survivor
    assert [one.alert.title for one in detail.alerts] == ["db-cpu", "web-5xx"]
    assert detail.feedback == (vote,)
    assert [entry.text for entry in detail.timeline] == ["web opened", "db opened", "ada voted"]


def test_a_merged_incident_is_readable_and_names_the_survivor(store: IncidentStore) -> None:
    gone = an_incident("db", status=IncidentStatus.MERGED, merged_into=an_incident("web").id)
    store.commit(a_commit(0, gone, alerts={gone.id: (an_alert("db-cpu"),)}))

    detail = store.detail(gone.id)

    assert detail.incident.merged_into == an_incident("web").id
    assert [one.alert.title for one in detail.alerts] == ["db-cpu"]


def test_the_timeline_runs_from_the_oldest_entry_to_the_newest(store: IncidentStore) -> None:
    web = an_incident("web")
    store.commit(
        a_commit(0, web, timeline=(an_entry(web.id, "late", NOON + 5), an_entry(web.id, "early", NOON)))
    )
    store.vote(a_vote(web.id, "ada", 1), an_entry(web.id, "between", NOON + 3))

    assert [entry.text for entry in store.detail(web.id).timeline] == ["early", "between", "late"]
