"""Measures building and encoding of a 15-field alert as msgspec struct, dataclass and pydantic model.

    python -m benchmarks.records

Prints the median of seven rounds in microseconds, and the ratio to the struct.
"""

import dataclasses
import json
import statistics
import timeit
from collections.abc import Callable
from typing import Any

import msgspec
import pydantic

FIELDS: dict[str, object] = {
    "source": "cloudwatch",
    "fingerprint": "0123456789abcdef",
    "status": "firing",
    "occurred_at": 1_763_900_000_000,
    "received_at": 1_763_900_001_000,
    "title": "checkout-5xx",
    "message": "Threshold Crossed: 1 out of the last 1 datapoints was greater than the threshold (5.0).",
    "account": "123456789012",
    "environment": "prod",
    "region": "eu-west-1",
    "service": "checkout",
    "metric": "HTTPCode_Target_5XX_Count",
    "namespace": "AWS/ApplicationELB",
    "url": "https://example.com/alarm",
    "muted": "",
}
SHAPE = [(name, type(value)) for name, value in FIELDS.items()]

AsStruct = msgspec.defstruct("AsStruct", SHAPE, frozen=True, kw_only=True)
AsDataclass = dataclasses.make_dataclass("AsDataclass", SHAPE, frozen=True, slots=True, kw_only=True)
REQUIRED: dict[str, Any] = {name: (kind, ...) for name, kind in SHAPE}
AsModel = pydantic.create_model("AsModel", __config__=pydantic.ConfigDict(frozen=True), **REQUIRED)


def microseconds(work: Callable[[], object]) -> float:
    rounds, loops = 7, 20_000
    return statistics.median(timeit.repeat(work, number=loops, repeat=rounds)) / loops * 1e6


def main() -> None:
    encode = msgspec.json.Encoder().encode
    kinds: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "msgspec struct": (lambda: AsStruct(**FIELDS), lambda: encode(AsStruct(**FIELDS))),
        "dataclass": (
            lambda: AsDataclass(**FIELDS),
            lambda: json.dumps(dataclasses.asdict(AsDataclass(**FIELDS))),
        ),
        "pydantic model": (lambda: AsModel(**FIELDS), lambda: AsModel(**FIELDS).model_dump_json()),
    }
    base: tuple[float, float] | None = None
    print(f"{'':16} {'build us':>9} {'ratio':>6} {'+encode us':>11} {'ratio':>6}")
    for name, (build, build_and_encode) in kinds.items():
        row = (microseconds(build), microseconds(build_and_encode))
        base = base or row
        print(f"{name:16} {row[0]:9.2f} {row[0] / base[0]:6.1f} {row[1]:11.2f} {row[1] / base[1]:6.1f}")


if __name__ == "__main__":
    main()
