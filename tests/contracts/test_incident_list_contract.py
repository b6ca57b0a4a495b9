"""Contract of incident stores: lists."""

import pytest

from cloudops.alerts.alert import Scope, Severity
from cloudops.core.errors import BadInput
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.store import IncidentQuery, IncidentStore
from tests.fakes.incident_factory import NOON, a_commit, an_incident


def commit_all(store: IncidentStore, *incidents: Incident) -> None:
    """Commits the incidents, thirty per commit."""
    for version, start in enumerate(range(0, len(incidents), 30)):
        store.commit(a_commit(version, *incidents[start : start + 30], batch=str(version)))


def titles(store: IncidentStore, query: IncidentQuery) -> list[str]:
    return [incident.title.split()[0] for incident in store.browse(query).incidents]


def all_pages(store: IncidentStore, limit: int, query: IncidentQuery | None = None) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        asked = query or IncidentQuery()
        page = store.browse(
            IncidentQuery(status=asked.status, severity=asked.severity, limit=limit, cursor=cursor)
        )
        pages.append([incident.title.split()[0] for incident in page.incidents])
        cursor = page.cursor
        if cursor is None:
            return pages


def test_an_empty_list_has_no_cursor(store: IncidentStore) -> None:
    page = store.browse(IncidentQuery())

    assert (page.incidents, page.cursor) == ((), None)


def test_a_list_shows_whole_records_newest_opened_first(store: IncidentStore) -> None:
    old, new, middle = (
        an_incident("old", opened_at=NOON, updated_at=NOON + 9 * MINUTE),
        an_incident("new", opened_at=NOON + 2 * MINUTE),
        an_incident("middle", opened_at=NOON + MINUTE),
    )
    commit_all(store, old, new, middle)

    assert store.browse(IncidentQuery()).incidents == (new, middle, old)


def test_an_incident_that_is_resolved_is_listed_as_resolved_only(store: IncidentStore) -> None:
    commit_all(store, an_incident("web"))
    store.commit(a_commit(1, an_incident("web", status=IncidentStatus.RESOLVED), batch="resolved"))

    assert titles(store, IncidentQuery()) == ["web"]
    assert titles(store, IncidentQuery(status=IncidentStatus.RESOLVED)) == ["web"]
    assert titles(store, IncidentQuery(status=IncidentStatus.OPEN)) == []


def test_an_incident_that_was_merged_is_not_listed(store: IncidentStore) -> None:
    commit_all(store, an_incident("web"), an_incident("db"))
    merged = an_incident("db", status=IncidentStatus.MERGED, merged_into=an_incident("web").id)
    store.commit(a_commit(1, merged, batch="merged"))

    assert titles(store, IncidentQuery()) == ["web"]
    assert titles(store, IncidentQuery(status=IncidentStatus.MERGED)) == []


def test_an_incident_that_turns_out_to_be_older_is_listed_once_at_its_new_place(store: IncidentStore) -> None:
    commit_all(store, an_incident("late", opened_at=NOON + MINUTE), an_incident("web", opened_at=NOON))
    store.commit(a_commit(1, an_incident("late", opened_at=NOON - MINUTE), batch="older"))

    assert titles(store, IncidentQuery()) == ["web", "late"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (IncidentQuery(status=IncidentStatus.OPEN), ["cart", "web"]),
        (IncidentQuery(status=IncidentStatus.ACKNOWLEDGED), ["db"]),
        (IncidentQuery(status=IncidentStatus.RESOLVED), ["mail"]),
        (IncidentQuery(severity=Severity.CRITICAL), ["db", "web"]),
        (IncidentQuery(service="cart"), ["cart", "web"]),
        (IncidentQuery(service="car"), []),
        (IncidentQuery(environment="staging"), ["mail"]),
        (IncidentQuery(text="WEB answers"), ["web"]),
        (IncidentQuery(text="straße"), ["db"]),
        (IncidentQuery(text="CART"), ["cart", "web"]),
        (IncidentQuery(status=IncidentStatus.OPEN, severity=Severity.CRITICAL), ["web"]),
        (IncidentQuery(status=IncidentStatus.RESOLVED, severity=Severity.CRITICAL), []),
    ],
)
def test_a_filter_selects_matching_incidents(
    store: IncidentStore, query: IncidentQuery, shown: list[str]
) -> None:
    commit_all(
        store,
        an_incident("web", opened_at=NOON, severity=Severity.CRITICAL, services=("web", "cart")),
        an_incident("cart", opened_at=NOON + 1),
        an_incident(
            "db",
            opened_at=NOON + 2,
            severity=Severity.CRITICAL,
            status=IncidentStatus.ACKNOWLEDGED,
            title="db of STRASSE is slow",
        ),
        an_incident("mail", opened_at=NOON + 3, status=IncidentStatus.RESOLVED, scope=Scope("1", "staging")),
    )

    assert titles(store, query) == shown


def test_pages_follow_each_other_without_a_gap_or_a_double(store: IncidentStore) -> None:
    commit_all(store, *(an_incident(f"n{number}", opened_at=NOON + number) for number in range(5)))

    assert all_pages(store, limit=2) == [["n4", "n3"], ["n2", "n1"], ["n0"]]


def test_a_full_last_page_has_no_cursor(store: IncidentStore) -> None:
    commit_all(store, *(an_incident(f"n{number}", opened_at=NOON + number) for number in range(4)))

    assert all_pages(store, limit=2) == [["n3", "n2"], ["n1", "n0"]]


def test_incidents_with_equal_times_are_each_listed_once(store: IncidentStore) -> None:
    commit_all(store, *(an_incident(f"n{number}") for number in range(7)))

    pages = all_pages(store, limit=3)

    assert sorted(title for page in pages for title in page) == [f"n{number}" for number in range(7)]
    assert [len(page) for page in pages] == [3, 3, 1]


def test_a_page_is_filled_although_a_filter_drops_most_rows(store: IncidentStore) -> None:
    wanted = dict.fromkeys((0, 40, 80), Severity.CRITICAL)
    commit_all(
        store,
        *(
            an_incident(f"n{number}", opened_at=NOON + number, severity=wanted.get(number, Severity.LOW))
            for number in range(90)
        ),
    )

    pages = all_pages(store, limit=2, query=IncidentQuery(severity=Severity.CRITICAL))

    assert pages == [["n80", "n40"], ["n0"]]


def test_a_new_incident_does_not_shift_later_pages(store: IncidentStore) -> None:
    commit_all(store, *(an_incident(f"n{number}", opened_at=NOON + number) for number in range(4)))
    first = store.browse(IncidentQuery(limit=2))
    store.commit(a_commit(1, an_incident("newer", opened_at=NOON + 9), batch="newer"))

    second = store.browse(IncidentQuery(limit=2, cursor=first.cursor))

    assert [incident.title.split()[0] for incident in second.incidents] == ["n1", "n0"]


def test_a_cursor_is_valid_after_its_incident_was_merged(store: IncidentStore) -> None:
    commit_all(store, *(an_incident(f"n{number}", opened_at=NOON + number) for number in range(3)))
    first = store.browse(IncidentQuery(limit=1))
    store.commit(
        a_commit(1, an_incident("n2", opened_at=NOON + 2, status=IncidentStatus.MERGED), batch="merged")
    )

    assert titles(store, IncidentQuery(cursor=first.cursor)) == ["n1", "n0"]


@pytest.mark.parametrize("cursor", ["", "x", "not base64!", "e30", "ü", "\ud800", "WzFd", "A" * 5000])
def test_an_invalid_cursor_is_bad_input(store: IncidentStore, cursor: str) -> None:
    with pytest.raises(BadInput) as caught:
        store.browse(IncidentQuery(cursor=cursor))

    assert caught.value.field == "cursor"
