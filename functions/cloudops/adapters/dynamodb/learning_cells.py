"""Learning cells and what each person has said in one: moved by transactions, read in one query."""

from dataclasses import dataclass
from typing import Final

import msgspec
from pynamodb.expressions.update import Action as Update
from pynamodb.transactions import TransactWrite

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.confidence.observations import Cell, CellKey, CellUpdate, Counts, PersonSum, WeightedSums
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import EpochMillis

DIGITS: Final = 9
"""Decimal places of what is added. DynamoDB keeps 38 digits and refuses a sum that needs more; with nine of
them behind the point, squared weights have room until 2037, and rounding costs 5e-12 of a vote."""


class _Name(msgspec.Struct, frozen=True, array_like=True):
    """Which cell a row is: its key is a digest."""

    symptom: Symptom
    action: Action
    service: str


def read_cells(rows: Rows) -> list[Cell]:
    """Every cell; one request a megabyte, some 3,000 cells, however many votes are in them."""
    with store_errors("read the learning cells"):
        return [_cell(row) for row in rows.query(keys.CELLS, consistent_read=True)]


@dataclass(frozen=True, slots=True)
class PersonContribution:
    """A person's sum in a cell as it was read, and the row that it was read from."""

    person: str
    cell: CellKey
    row: Row | None

    @property
    def total(self) -> PersonSum:
        return unpack(PersonSum, self.row.body) if self.row else PersonSum()


def read_said(rows: Rows, person: str, cell: CellKey) -> PersonContribution:
    with store_errors(f"read what {person} said of {cell.action}"):
        return PersonContribution(person, cell, rows.find(keys.person(person, cell)))


def add_move(
    write: TransactWrite, rows: Rows, said: PersonContribution, move: CellUpdate, at: EpochMillis
) -> None:
    """Put the person's sum in the place of the one read, if it still stands, and let the cell grow."""
    held = said.row
    unmoved = Row.version == held.version if held else Row.pk.does_not_exist()
    row = rows(*keys.person(said.person, said.cell), body=pack(move.person or PersonSum()))
    row.version = int(held.version) + 1 if held else 1
    write.save(row, condition=unmoved)
    add_delta(write, rows, said.cell, move.delta, at)


def add_delta(write: TransactWrite, rows: Rows, key: CellKey, delta: Counts, at: EpochMillis) -> None:
    """Let the cell grow by what is added to it, without reading it; it need not exist."""
    updates: list[Update] = [Row.body.set(pack(_Name(*key))), Row.changed.set(at)]
    for kind, sums in (("votes", delta.votes), ("outcomes", delta.outcomes)):
        for name in WeightedSums.__struct_fields__:
            if amount := round(getattr(sums, name), DIGITS):
                updates.append(getattr(Row, f"{kind}_{name}").add(amount))
    write.update(rows(*keys.cell(key)), actions=updates)


def _cell(row: Row) -> Cell:
    name = unpack(_Name, row.body)
    tally = Counts(_sums(row, "votes"), _sums(row, "outcomes"))
    return Cell(
        symptom=name.symptom,
        action=name.action,
        service=name.service,
        tally=tally,
        updated_at=int(row.changed),
    )


def _sums(row: Row, kind: str) -> WeightedSums:
    count, good, *weights = (getattr(row, f"{kind}_{name}") or 0 for name in WeightedSums.__struct_fields__)
    return WeightedSums(int(count), int(good), *map(float, weights))
