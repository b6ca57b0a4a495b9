"""A write that conflicts with another writer is repeated; no other error is."""

import pytest

from cloudops.core.errors import BadInput, Conflict, RetriesExhausted, WriteConflict
from cloudops.core.retry import MAX_ATTEMPTS, at_once, retry_on_conflict


class Row:
    """Rejects the first `overtaken` writes."""

    def __init__(self, overtaken: int, error: type[Exception] = WriteConflict) -> None:
        self.overtaken = overtaken
        self.error = error
        self.writes = 0

    def write(self) -> int:
        self.writes += 1
        if self.writes <= self.overtaken:
            raise self.error(f"write {self.writes}")
        return self.writes


def test_the_first_write_without_a_conflict_counts() -> None:
    row, pauses = Row(overtaken=2), list[int]()
    assert retry_on_conflict(row.write, pauses.append, what="row") == 3
    assert pauses == [0, 1]


def test_a_write_that_succeeds_at_once_does_not_wait() -> None:
    pauses = list[int]()
    assert retry_on_conflict(Row(overtaken=0).write, pauses.append, what="row") == 1
    assert pauses == []


@pytest.mark.parametrize("attempts", [1, 3, MAX_ATTEMPTS])
def test_attempts_are_bounded_and_the_error_names_the_row(attempts: int) -> None:
    row, pauses = Row(overtaken=100), list[int]()
    with pytest.raises(RetriesExhausted, match=f"row 7: changed by others {attempts} times") as raised:
        retry_on_conflict(row.write, pauses.append, what="row 7", attempts=attempts)
    assert row.writes == attempts
    assert pauses == list(range(attempts - 1))
    assert str(raised.value.__cause__) == f"write {attempts}"


@pytest.mark.parametrize("error", [Conflict, BadInput, RetriesExhausted])
def test_another_error_is_not_retried(error: type[Exception]) -> None:
    row = Row(overtaken=1, error=error)
    with pytest.raises(error, match="write 1"):
        retry_on_conflict(row.write, at_once, what="row")
    assert row.writes == 1


def test_both_kinds_of_conflict_have_status_409() -> None:
    assert {kind.status for kind in (WriteConflict, RetriesExhausted)} == {409}
    assert issubclass(WriteConflict, Conflict)
    assert issubclass(RetriesExhausted, Conflict)
