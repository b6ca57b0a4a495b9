"""The stores under test."""

from tests.fakes.backends import (
    emulator_client,
    emulator_table,
    executions,
    learning,
    moto_client,
    moto_rows,
    moto_table,
    policies,
    quarantine,
    rows,
    silences,
    store,
)

__all__ = [
    "emulator_client",
    "emulator_table",
    "executions",
    "learning",
    "moto_client",
    "moto_rows",
    "moto_table",
    "policies",
    "quarantine",
    "rows",
    "silences",
    "store",
]
