"""Which rows a commit becomes, and what does not fit one transaction."""

import pytest

from cloudops.adapters.dynamodb.codec import unpack
from cloudops.adapters.dynamodb.row import Rows, bind
from cloudops.adapters.dynamodb.scope_commit import MAX_LOG_BODY, Log, write_of
from cloudops.core.errors import TooLarge
from cloudops.incidents.incident import IncidentAlert, IncidentStatus
from cloudops.incidents.store import MAX_INCIDENTS_A_COMMIT
from tests.fakes.incident_factory import a_commit, a_state, an_alert, an_entry, an_incident, noise


@pytest.fixture(scope="module")
def rows() -> Rows:
    return bind("incidents", "eu-west-1")


def noisy_alerts(count: int, kilobytes: int) -> tuple[IncidentAlert, ...]:
    return tuple(an_alert(f"a{number}", message=noise(kilobytes, number)) for number in range(count))


def test_a_commit_is_its_scope_a_record_and_a_log_an_incident(rows: Rows) -> None:
    web = an_incident("web")
    write = write_of(
        rows, a_commit(4, web, alerts={web.id: (an_alert("cpu"),)}, timeline=(an_entry(web.id, "opened"),))
    )

    assert (write.scope.sk, write.scope.version) == ("STATE", 5)
    assert [(row.pk, row.sk) for row in write.others] == [
        (f"INC#{web.id}", "RECORD"),
        (f"INC#{web.id}", "LOG#000000000005#00"),
    ]


@pytest.mark.parametrize(
    ("status", "feed", "live"),
    [
        (IncidentStatus.OPEN, "INCIDENT", "INCIDENT"),
        (IncidentStatus.ACKNOWLEDGED, "INCIDENT", "INCIDENT"),
        (IncidentStatus.RESOLVED, "INCIDENT", None),
        (IncidentStatus.MERGED, None, None),
    ],
)
def test_an_incident_is_in_the_indexes_that_its_status_asks_for(
    rows: Rows, status: IncidentStatus, feed: str | None, live: str | None
) -> None:
    [record] = write_of(rows, a_commit(0, an_incident("web", status=status))).others

    assert (record.feed, record.live) == (feed, live)


def test_what_is_added_to_an_incident_is_split_before_a_row_is_too_large(rows: Rows) -> None:
    web, alerts = an_incident("web"), noisy_alerts(16, kilobytes=40)

    _, *logs = write_of(rows, a_commit(0, web, alerts={web.id: alerts})).others

    assert [row.sk for row in logs] == [f"LOG#000000000001#{part:02d}" for part in range(4)]
    assert all(len(row.body) <= MAX_LOG_BODY for row in logs)
    assert tuple(alert for row in logs for alert in unpack(Log, row.body).alerts) == alerts


def test_as_many_incidents_as_a_commit_may_have_fit_with_alerts_and_timeline(rows: Rows) -> None:
    incidents = [an_incident(f"n{number}") for number in range(MAX_INCIDENTS_A_COMMIT)]
    alerts = {incident.id: (an_alert(incident.title),) for incident in incidents}
    timeline = tuple(an_entry(incident.id, "opened") for incident in incidents)

    write = write_of(rows, a_commit(0, *incidents, alerts=alerts, timeline=timeline))

    assert len(write.others) == 64


def test_more_rows_than_a_transaction_takes_are_too_large(rows: Rows) -> None:
    with pytest.raises(TooLarge, match="101 rows"):
        write_of(rows, a_commit(0, *(an_incident(f"n{number}") for number in range(100))))


def test_more_bytes_than_a_transaction_takes_are_too_large(rows: Rows) -> None:
    web = an_incident("web")
    with pytest.raises(TooLarge, match="do not fit one write"):
        write_of(rows, a_commit(0, web, alerts={web.id: noisy_alerts(45, kilobytes=130)}))


def test_a_scope_that_an_item_cannot_hold_is_too_large_and_named(rows: Rows) -> None:
    state = a_state(*(noise(1, number) for number in range(600)))
    with pytest.raises(TooLarge, match="SCOPE#"):
        write_of(rows, a_commit(0, state=state))


def test_an_alert_that_an_item_cannot_hold_is_too_large_and_its_incident_named(rows: Rows) -> None:
    web = an_incident("web")
    with pytest.raises(TooLarge, match=web.id):
        write_of(rows, a_commit(0, web, alerts={web.id: noisy_alerts(1, kilobytes=600)}))


def test_the_token_of_a_write_is_the_same_for_the_same_write_only() -> None:
    here, there = bind("production", "eu-west-1"), bind("staging", "eu-west-1")
    web = an_incident("web")
    first = write_of(here, a_commit(0, web)).token

    others = [
        write_of(there, a_commit(0, web)).token,
        write_of(here, a_commit(1, web)).token,
        write_of(here, a_commit(0, an_incident("web", title="web is down"))).token,
        write_of(here, a_commit(0, web, state=a_state("other"))).token,
    ]

    assert write_of(here, a_commit(0, web)).token == first
    assert first not in others
    assert len(first) == 32
