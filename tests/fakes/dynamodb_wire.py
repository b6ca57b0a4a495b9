"""Hooks between the store's client and DynamoDB: they count calls, or make one fail."""

import base64
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from cloudops.adapters.dynamodb import table
from cloudops.adapters.dynamodb.row import Rows

Item = dict[str, dict[str, Any]]
KB = 1024

Side = Literal["before", "after"]


@dataclass
class Meter:
    """Counts calls by operation, the units that DynamoDB bills, and the bytes of the items read.

    It supports one caller at a time, because the cost of a response depends on its request.
    """

    calls: list[str] = field(default_factory=list)
    write_units: int = 0
    read_units: float = 0
    bytes_read: int = 0
    _consistent: bool = False

    def sent(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        body = json.loads(params["body"])
        self._consistent = body.get("ConsistentRead", False)
        for action in body.get("TransactItems", ()):
            [(verb, request)] = action.items()
            self.write_units += 2 * (_put_units(request["Item"]) if verb == "Put" else 1)
            self.write_units += _index_units(request.get("Item", {}))
        for request in (one for batch in body.get("RequestItems", {}).values() if isinstance(batch, list)
                        for one in batch):  # fmt: skip
            item = request["PutRequest"]["Item"]
            self.write_units += _put_units(item) + _index_units(item)

    def answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        batches = parsed.get("Responses", {})
        items = [item for batch in batches.values() for item in batch] if batches else parsed.get("Items", [])
        items += [parsed["Item"]] if "Item" in parsed else []
        sizes = [_size(item) for item in items]
        self.bytes_read += sum(sizes)
        match model.name:
            case "GetItem" | "BatchGetItem":
                self.read_units += sum(math.ceil(size / (4 * KB)) for size in sizes) or 1
            case "Query":
                self.read_units += max(1, math.ceil(sum(sizes) / (4 * KB))) * (1 if self._consistent else 0.5)


@contextmanager
def metered(rows: Rows) -> Iterator[Meter]:
    meter = Meter()
    with (
        _listening(rows, "before-call.dynamodb", meter.sent),
        _listening(rows, "after-call.dynamodb", meter.answered),
    ):
        yield meter


@contextmanager
def cut(rows: Rows, side: Side, error: BaseException, operation: str = "", at: int = 0) -> Iterator[None]:
    """Raises the error in place of the response to one call, before it is sent or after it took effect.

    `at` counts the calls from 0, of one operation or, if `operation` is empty, of all.
    """

    def fail() -> None:
        raise error

    with meanwhile(rows, side, fail, operation, at):
        yield


@contextmanager
def meanwhile(
    rows: Rows, side: Side, act: Callable[[], object], operation: str = "", at: int = 0
) -> Iterator[None]:
    """Runs `act` before or after one call, as a concurrent writer."""
    calls = count()

    def listener(**_: Any) -> None:
        if next(calls) == at:
            act()

    with _listening(rows, f"{side}-call.dynamodb" + (f".{operation}" if operation else ""), listener):
        yield


@contextmanager
def _listening(rows: Rows, event: str, listener: Any) -> Iterator[None]:
    events = rows._get_connection().connection.client.meta.events
    events.register(event, listener)
    try:
        yield
    finally:
        events.unregister(event, listener)


def _put_units(item: Item) -> int:
    return math.ceil(_size(item) / KB)


def _index_units(item: Item) -> int:
    """Returns the write units of the projections in each index whose key the item has."""
    units = 0
    for index in table.INDEXES:
        if index.partition_key in item:
            keys = (table.PARTITION_KEY, table.SORT_KEY, index.partition_key, index.sort_key)
            units += _put_units({name: item[name] for name in (*keys, *index.projected)})
    return units


def _size(item: Item) -> int:
    """Returns the size in bytes as DynamoDB counts it: names and values."""
    return sum(len(name) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    match value:
        case {"S": text}:
            return len(text.encode())
        case {"N": digits}:
            return len(digits) // 2 + 1
        case {"B": bytes() as body}:
            return len(body)
        case {"B": text}:
            return len(base64.b64decode(text))
        case {"SS": texts}:
            return sum(len(text.encode()) for text in texts)
        case _:
            raise TypeError(f"a value of {value.keys()} is not counted yet")
