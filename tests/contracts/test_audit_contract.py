"""Contract of audit stores, and the trail with concurrent writers."""

import threading

import pytest

from cloudops.audit.trail import (
    EMPTY,
    AuditEntry,
    AuditQuery,
    AuditStore,
    AuditTrail,
    TrailHead,
    head_of,
    with_hash,
)
from cloudops.core.errors import BadInput, WriteConflict
from tests.fakes.incident_factory import NOON

WRITERS = 8


def trail_of(store: AuditStore) -> AuditTrail:
    return AuditTrail(store, lambda attempt: None)


def entry(sequence: int, previous: str = EMPTY.hash, **fields: str) -> AuditEntry:
    named = {"actor": "ada", "action": "approve", "target": "exe_1"} | fields
    return with_hash(AuditEntry(sequence=sequence, at=NOON, previous=previous, **named))


def test_an_empty_trail_has_an_empty_head_and_no_entries(audit: AuditStore) -> None:
    assert audit.head() == EMPTY
    assert list(audit.entries()) == []
    assert audit.page(AuditQuery()).entries == ()


def test_entries_are_read_in_order_as_written(audit: AuditStore) -> None:
    first = entry(1, reason="it <b>hangs</b>", plan_hash="ab12", result="approved", actor_id="a#b")
    second = entry(2, first.hash, target="exe_2")
    audit.put(first)
    audit.put(second)
    assert list(audit.entries()) == [first, second]
    assert audit.head() == head_of(second)


def test_a_sequence_number_is_used_once(audit: AuditStore) -> None:
    audit.put(entry(1))
    with pytest.raises(WriteConflict):
        audit.put(entry(1, actor="grace"))
    assert [stored.actor for stored in audit.entries()] == ["ada"]


def test_writing_the_same_entry_again_has_no_effect(audit: AuditStore) -> None:
    audit.put(entry(1))
    audit.put(entry(1))
    assert len(list(audit.entries())) == 1


def test_concurrent_writers_make_one_chain_without_gaps(audit: AuditStore) -> None:
    ready = threading.Barrier(WRITERS)

    def append_entries(name: str) -> None:
        trail = trail_of(audit)
        ready.wait()
        for at in range(3):
            trail.append(name, "approve", "exe_1", NOON + at)

    writers = [
        threading.Thread(target=append_entries, args=(f"person {number}",)) for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    written = list(audit.entries())
    assert [stored.sequence for stored in written] == list(range(1, 3 * WRITERS + 1))
    assert len({(stored.actor, stored.at) for stored in written}) == 3 * WRITERS
    result = trail_of(audit).verify()
    assert (result.violation, result.head) == (None, head_of(written[-1]))


def test_a_list_is_newest_first_and_paged(audit: AuditStore) -> None:
    trail = trail_of(audit)
    for number in range(5):
        trail.append("ada", "approve", f"exe_{number}", NOON + number)
    seen: list[int] = []
    cursor = None
    for _ in range(3):
        page = audit.page(AuditQuery(limit=2, cursor=cursor))
        seen += [stored.sequence for stored in page.entries]
        cursor = page.cursor
    assert (seen, cursor) == ([5, 4, 3, 2, 1], None)


@pytest.mark.parametrize(
    ("query", "sequences"),
    [
        ({"target": "exe_1"}, [5, 3, 1]),
        ({"actor": "ada"}, [4, 3, 1]),
        ({"target": "exe_1", "actor": "ada"}, [3, 1]),
        ({"target": "exe_9"}, []),
    ],
)
def test_a_list_by_target_and_actor_is_paged(
    audit: AuditStore, query: dict[str, str], sequences: list[int]
) -> None:
    trail = trail_of(audit)
    for actor, target in (("ada", 1), ("joe", 2), ("ada", 1), ("ada", 2), ("joe", 1)):
        trail.append(actor, "approve", f"exe_{target}", NOON)
    seen: list[int] = []
    page = audit.page(AuditQuery(limit=1, **query))
    while True:
        seen += [stored.sequence for stored in page.entries]
        if page.cursor is None:
            break
        page = audit.page(AuditQuery(limit=1, cursor=page.cursor, **query))
    assert seen == sequences


@pytest.mark.parametrize("cursor", ["", "nonsense", "WzEsICJ4Il0"])
def test_an_invalid_cursor_is_rejected(audit: AuditStore, cursor: str) -> None:
    with pytest.raises(BadInput) as raised:
        audit.page(AuditQuery(cursor=cursor))
    assert raised.value.field == "cursor"


def test_a_writer_with_an_outdated_head_reads_the_new_one(audit: AuditStore) -> None:
    here, elsewhere = trail_of(audit), trail_of(audit)
    here.append("ada", "approve", "exe_1", NOON)
    elsewhere.append("joe", "reject", "exe_2", NOON)
    third = here.append("ada", "execute", "exe_1", NOON)
    assert TrailHead(third.sequence, third.hash) == audit.head()
    assert here.verify().violation is None
