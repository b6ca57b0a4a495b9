"""Fixtures: the stores under test."""

from tests.fakes.backends import (
    emulator_client,
    emulator_table,
    learning,
    moto_client,
    moto_rows,
    moto_table,
    quarantine,
    rows,
    store,
)

__all__ = [
    "emulator_client",
    "emulator_table",
    "learning",
    "moto_client",
    "moto_rows",
    "moto_table",
    "quarantine",
    "rows",
    "store",
]
