"""Stores the learning cells and each person's contribution to a cell.

Transactions add to a cell without reading it; one query reads all cells.
"""

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

DECIMAL_PLACES: Final = 9
"""Decimal places of a number that is added to a cell. DynamoDB stores 38 digits and refuses a sum that needs
more. With nine decimal places, squared weights fit until 2037, and rounding costs 5e-12 of a vote."""


class _Name(msgspec.Struct, frozen=True, array_like=True):
    """Body of a cell's row: names the cell, since its key is a digest."""

    symptom: Symptom
    action: Action
    service: str
    environment: str = ""


def read_cells(rows: Rows) -> list[Cell]:
    """Returns every cell; one request per megabyte, about 3,000 cells, however many votes they count."""
    with store_errors("read the learning cells"):
        return [_cell(row) for row in rows.query(keys.CELLS, consistent_read=True)]


@dataclass(frozen=True, slots=True)
class PersonContribution:
    """A person's sum in a cell, with the row that it was read from; None if there was none."""

    person: str
    cell: CellKey
    row: Row | None

    @property
    def total(self) -> PersonSum:
        return unpack(PersonSum, self.row.body) if self.row else PersonSum()


def read_contribution(rows: Rows, person: str, cell: CellKey) -> PersonContribution:
    """Returns the person's sum in a cell, by a consistent read."""
    with store_errors(f"read the contribution of {person} to {cell.action}"):
        return PersonContribution(person, cell, rows.find(keys.person(person, cell)))


def add_update(
    write: TransactWrite, rows: Rows, contribution: PersonContribution, update: CellUpdate, at: EpochMillis
) -> None:
    """Replaces the person's sum, on the condition that it is unchanged, and adds the difference to the
    cell."""
    stored = contribution.row
    unchanged = Row.version == stored.version if stored else Row.pk.does_not_exist()
    key = keys.person(contribution.person, contribution.cell)
    row = rows(*key, body=pack(update.person or PersonSum()))
    row.version = int(stored.version) + 1 if stored else 1
    write.save(row, condition=unchanged)
    add_delta(write, rows, contribution.cell, update.delta, at)


def add_delta(write: TransactWrite, rows: Rows, key: CellKey, delta: Counts, at: EpochMillis) -> None:
    """Adds to a cell's sums without reading them; creates the cell if it does not exist."""
    updates: list[Update] = [Row.body.set(pack(_Name(*key))), Row.changed.set(at)]
    for kind, sums in (("votes", delta.votes), ("outcomes", delta.outcomes)):
        for name in WeightedSums.__struct_fields__:
            if amount := round(getattr(sums, name), DECIMAL_PLACES):
                updates.append(getattr(Row, f"{kind}_{name}").add(amount))
    write.update(rows(*keys.cell(key)), actions=updates)


def _cell(row: Row) -> Cell:
    name = unpack(_Name, row.body)
    tally = Counts(_sums(row, "votes"), _sums(row, "outcomes"))
    return Cell(
        symptom=name.symptom,
        action=name.action,
        service=name.service,
        environment=name.environment,
        tally=tally,
        updated_at=int(row.changed),
    )


def _sums(row: Row, kind: str) -> WeightedSums:
    count, good, *weights = (getattr(row, f"{kind}_{name}") or 0 for name in WeightedSums.__struct_fields__)
    return WeightedSums(int(count), int(good), *map(float, weights))
