"""The hash chain of the audit trail: verification finds changed, removed and cut-off entries."""

import hashlib

import pytest
from msgspec.structs import replace

from cloudops.audit.trail import EMPTY, AuditEntry, IntegrityViolation, TrailHead, head_of, verify, with_hash

NOON = 1_763_899_200_000


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    previous = EMPTY.hash
    for sequence in range(1, length + 1):
        entry = AuditEntry(
            sequence=sequence, at=NOON, actor="ada", action="approve", target="exe_1", previous=previous
        )
        entries.append(with_hash(entry))
        previous = entries[-1].hash
    return entries


def test_the_hash_is_sha_256_of_the_other_fields_as_sorted_json() -> None:
    (entry,) = chain(1)
    encoded = (
        '{"action":"approve","actor":"ada","at":1763899200000,"plan_hash":"","previous":"' + "0" * 64 + '",'
        '"reason":"","result":"","sequence":1,"target":"exe_1"}'
    )
    assert entry.hash == hashlib.sha256(encoded.encode()).hexdigest()


def test_the_hash_covers_the_subject_of_the_actor_if_there_is_one() -> None:
    (entry,) = chain(1)
    ada, grace = (with_hash(replace(entry, actor_id=f"https://issuer.example#{sub}")) for sub in "ag")
    assert len({entry.hash, ada.hash, grace.hash}) == 3
    assert verify([replace(ada, actor_id="")]).violation is IntegrityViolation.ALTERED


def test_an_unchanged_chain_is_valid_to_its_last_entry() -> None:
    entries = chain(4)
    result = verify(entries)
    assert (result.head, result.violation, result.broken_at) == (head_of(entries[3]), None, 0)


def test_an_empty_trail_is_valid() -> None:
    assert verify([]).violation is None


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "eve"},
        {"action": "reject"},
        {"target": "exe_2"},
        {"at": NOON + 1},
        {"reason": "x"},
        {"plan_hash": "00"},
        {"result": "stored"},
        {"actor_id": "https://issuer.example#eve"},
        {"hash": "0" * 64},
    ],
)
def test_a_changed_entry_is_found(change: dict[str, object]) -> None:
    entries = chain(4)
    entries[1] = replace(entries[1], **change)
    result = verify(entries)
    assert (result.broken_at, result.violation) == (2, IntegrityViolation.ALTERED)


def test_a_changed_entry_with_a_new_hash_is_found_by_the_next_entry() -> None:
    entries = chain(4)
    entries[1] = with_hash(replace(entries[1], actor="eve"))
    result = verify(entries)
    assert (result.broken_at, result.violation) == (3, IntegrityViolation.DETACHED)


@pytest.mark.parametrize(("removed", "named"), [(0, 1), (1, 2)])
def test_a_removed_entry_is_found(removed: int, named: int) -> None:
    entries = chain(4)
    del entries[removed]
    result = verify(entries)
    assert (result.broken_at, result.violation) == (named, IntegrityViolation.OUT_OF_ORDER)


def test_a_cut_off_end_is_found_by_a_noted_head() -> None:
    entries = chain(4)
    noted = head_of(entries[3])
    assert verify(entries, noted).violation is None
    assert verify(entries[:2]).violation is None
    result = verify(entries[:2], noted)
    assert (result.broken_at, result.violation) == (3, IntegrityViolation.CUT_OFF)


def test_a_trail_that_was_written_again_is_found_by_a_noted_head() -> None:
    result = verify(chain(4), TrailHead(3, "ab" * 32))
    assert (result.broken_at, result.violation) == (3, IntegrityViolation.REPLACED)
