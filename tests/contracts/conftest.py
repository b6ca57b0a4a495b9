"""The stores under test."""

from tests.fakes.backends import (
    audit,
    emulator_client,
    emulator_table,
    executions,
    learning,
    moto_client,
    moto_rows,
    moto_table,
    once,
    outbox,
    policies,
    quarantine,
    rows,
    silences,
    store,
    switch,
)

__all__ = [
    "audit",
    "emulator_client",
    "emulator_table",
    "executions",
    "learning",
    "moto_client",
    "moto_rows",
    "moto_table",
    "once",
    "outbox",
    "policies",
    "quarantine",
    "rows",
    "silences",
    "store",
    "switch",
]
