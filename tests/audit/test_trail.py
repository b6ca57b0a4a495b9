"""The chain of the audit trail: what was changed, removed, inserted or cut off afterwards is found."""

import hashlib

import pytest
from msgspec.structs import replace

from cloudops.audit.trail import EMPTY, AuditEntry, Head, IntegrityViolation, head_of, verify, with_hash

NOON = 1_763_899_200_000


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    previous = EMPTY.hash
    for sequence in range(1, length + 1):
        one = AuditEntry(
            sequence=sequence, at=NOON, actor="ada", action="approve", target="exe_1", previous=previous
        )
        entries.append(with_hash(one))
        previous = entries[-1].hash
    return entries


def test_the_hash_is_sha_256_of_the_other_fields_as_sorted_json() -> None:
    (one,) = chain(1)
    words = (
        '{"action":"approve","actor":"ada","at":1763899200000,"plan_hash":"","previous":"' + "0" * 64 + '",'
        '"reason":"","result":"","sequence":1,"target":"exe_1"}'
    )
    assert one.hash == hashlib.sha256(words.encode()).hexdigest()


def test_a_whole_chain_holds_to_its_last_entry() -> None:
    entries = chain(4)
    verdict = verify(entries)
    assert (verdict.head, verdict.flaw, verdict.broken_at) == (head_of(entries[3]), None, 0)


def test_an_empty_trail_holds() -> None:
    assert verify([]).flaw is None


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "eve"},
        {"action": "reject"},
        {"target": "exe_2"},
        {"at": NOON + 1},
        {"reason": "x"},
        {"plan_hash": "00"},
        {"result": "kept"},
        {"hash": "0" * 64},
    ],
)
def test_an_entry_whose_words_were_changed_is_named(change: dict[str, object]) -> None:
    entries = chain(4)
    entries[1] = replace(entries[1], **change)
    verdict = verify(entries)
    assert (verdict.broken_at, verdict.flaw) == (2, IntegrityViolation.ALTERED)


def test_an_entry_that_was_changed_and_sealed_anew_betrays_itself_by_the_next() -> None:
    entries = chain(4)
    entries[1] = with_hash(replace(entries[1], actor="eve"))
    verdict = verify(entries)
    assert (verdict.broken_at, verdict.flaw) == (3, IntegrityViolation.DETACHED)


@pytest.mark.parametrize(("removed", "named"), [(0, 1), (1, 2)])
def test_a_removed_entry_is_missed(removed: int, named: int) -> None:
    entries = chain(4)
    del entries[removed]
    verdict = verify(entries)
    assert (verdict.broken_at, verdict.flaw) == (named, IntegrityViolation.OUT_OF_TURN)


def test_the_end_cut_off_is_found_by_a_head_that_was_noted_elsewhere() -> None:
    entries = chain(4)
    noted = head_of(entries[3])
    assert verify(entries, noted).flaw is None
    assert verify(entries[:2]).flaw is None
    verdict = verify(entries[:2], noted)
    assert (verdict.broken_at, verdict.flaw) == (3, IntegrityViolation.CUT_OFF)


def test_a_trail_made_anew_is_found_by_a_head_that_was_noted_elsewhere() -> None:
    verdict = verify(chain(4), Head(3, "ab" * 32))
    assert (verdict.broken_at, verdict.flaw) == (3, IntegrityViolation.REPLACED)
