"""Decodes JSON into a typed record, and tolerates single fields of another type.

The typed decoder is the fast path; it rejects a payload for one field of the wrong type. A rejected
payload is parsed again without types. Each field is then converted if possible, and keeps its default if not.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

MAX_NESTING: Final = 32
"""Levels of nesting that are read; the deepest field that any vendor documents is at level 9."""

REFUSALS: Final = (msgspec.MsgspecError, RecursionError, UnicodeError)
"""What a typed decoder raises for a payload that is not as declared."""
_TEXTS: Final = msgspec.json.Decoder(dict[str, str])
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""A string, closed or not, or a bracket. Possessive, so that the time is linear in the input."""


class NotJson(ValueError):
    """The text is not JSON, or not the JSON object that is expected; the message says why."""


def decode_lenient(raw: bytes | msgspec.Raw, decoder: "msgspec.json.Decoder[T]") -> T:
    """Returns the typed record in these bytes. Raises NotJson if they are not a JSON object."""
    try:
        return decoder.decode(raw)
    except REFUSALS:
        return coerce(untyped(bytes(raw)), decoder.type)


def texts(raw: bytes) -> dict[str, str]:
    """Returns the entries of a JSON object that are text, numbers or booleans; {} if it is not an object."""
    try:
        return _TEXTS.decode(raw)
    except REFUSALS:
        pass
    try:
        return as_texts(untyped(raw)) or {}
    except NotJson:
        return {}


def untyped(raw: bytes) -> object:
    """Returns the parsed JSON as dicts, lists, strings and numbers that every encoder accepts.

    Bad UTF-8 and lone surrogates are replaced, NaN is None, huge integers are floats, and values deeper than
    MAX_NESTING are None. Raises NotJson.
    """
    text = raw.decode("utf-8-sig", "replace")
    try:
        value = _loads(text)
    except RecursionError:
        value = _loads_flat(text)
    return cleaned(value)


def _loads(text: str) -> object:
    try:
        return json.loads(text, parse_int=_number, parse_constant=_no_constant, strict=False)
    except ValueError as error:
        raise NotJson(f"not JSON: {error}") from error


def _loads_flat(text: str) -> object:
    try:
        return _loads(_flattened(text))
    except RecursionError as error:
        raise NotJson("not JSON: nested too deeply") from error


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else float(digits)


def _no_constant(_: str) -> None:
    return None


def _flattened(text: str) -> str:
    """Returns the text with everything nested deeper than MAX_NESTING replaced by null."""
    parts: list[str] = []
    depth = start = 0
    for token in _TOKEN.finditer(text):
        match token.group():
            case "[" | "{":
                depth += 1
                if depth == MAX_NESTING + 1:
                    parts.append(text[start : token.start()])
            case "]" | "}":
                depth -= 1
                if depth == MAX_NESTING:
                    parts.append("null")
                    start = token.end()
    if depth <= MAX_NESTING:
        parts.append(text[start:])
    return "".join(parts)


def cleaned(value: object, depth: int = MAX_NESTING) -> Any:
    """Returns the tree with every value that a JSON encoder rejects converted, or replaced by None."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        case bool() | None:
            return value
        case int() | float():
            return _finite(value)
        case Mapping():
            return {cleaned(str(k)): cleaned(v, depth - 1) for k, v in value.items()} if depth else None
        case list() | tuple():
            return [cleaned(item, depth - 1) for item in value] if depth else None
    return cleaned(str(value))


def _finite(value: float) -> float | None:
    """Returns the number, as a float if it exceeds 64 bits; None if no float holds it."""
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def coerce(value: object, kind: type[T]) -> T:
    """Returns the record in an untyped tree. Raises NotJson if the tree is not an object."""
    if not isinstance(value, Mapping):
        raise NotJson(f"expected an object, not {_name_of(value)}")
    fields = {}
    for attribute, key, read in _plan(kind):
        if key in value and (coerced := read(value[key])) is not None:
            fields[attribute] = coerced
    return kind(**fields)


def _name_of(value: object) -> str:
    names = {str: "a string", list: "a list", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


@cache
def _plan(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, Callable[[object], object]], ...]:
    hints = get_type_hints(kind)
    return tuple((f.name, f.encode_name, _reader(hints[f.name])) for f in msgspec.structs.fields(kind))


def _reader(hint: Any) -> Callable[[object], object]:
    """Returns a function that converts a value to this type hint, or to None if it cannot."""
    origin, options = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin is list or origin is tuple:
        item = _reader(options[0])
        return lambda value: origin(_items(value, item)) if isinstance(value, list) else None
    if origin is dict:
        return as_texts
    if origin in (UnionType, Union):
        return _first_of([_reader(option) for option in options if option is not NoneType])
    return lambda value: coerce(value, hint) if isinstance(value, Mapping) else None


def _as_flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _first_of(readers: list[Callable[[object], object]]) -> Callable[[object], object]:
    return lambda value: next((coerced for read in readers if (coerced := read(value)) is not None), None)


def _items(values: list[object], item: Callable[[object], object]) -> Iterator[object]:
    return (coerced for value in values if (coerced := item(value)) is not None)


def as_text(value: object) -> str | None:
    """Returns a string or a number as text; None for anything else, booleans included."""
    match value:
        case str():
            return value
        case bool():
            return None
        case int() | float():
            return str(value)
        case _:
            return None


def as_texts(value: object) -> dict[str, str] | None:
    """Returns the entries of an object whose values are text, numbers or booleans; None if not an object."""
    if not isinstance(value, Mapping):
        return None
    texts = {
        key: str(item).lower() if isinstance(item, bool) else as_text(item) for key, item in value.items()
    }
    return {key: text for key, text in texts.items() if text is not None}


_PLAIN: Final[Mapping[Any, Callable[[object], object]]] = {
    str: as_text,
    int: as_text,
    float: as_text,
    bool: _as_flag,
    msgspec.Raw: lambda value: msgspec.Raw(msgspec.json.encode(value)),
}
"""Type hints without parts, each with its conversion."""
