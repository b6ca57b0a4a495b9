"""Compares two OpenAPI documents and names every change that can break a client of the older one.

What the older document lets a client send must still be accepted, and what the newer one answers must be
what a client of the older one can read. New operations, optional request fields, response fields and values
of a response's enumeration break no client.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Json = Mapping[str, Any]
"""A part of an OpenAPI document (Any: nested JSON)."""

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_ROLES: Final = ("", "viewer", "operator", "admin")
"""Values of `x-role`, from least to most; "" is public."""
_AT_MOST: Final = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
_AT_LEAST: Final = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_FORMS: Final = ("pattern", "format")


Pairs = frozenset[tuple[int, int]]
"""Identities of the schemas that are compared already, where a schema contains itself."""


class Direction(StrEnum):
    REQUEST = "request"
    RESPONSE = "response"


def breaking_changes(old: Json, new: Json) -> list[str]:
    """Returns a sentence for each breaking change, with operation and path of the field."""
    found: list[str] = []
    for path, item in old["paths"].items():
        for method in _METHODS:
            if method in item:
                name = f"{method.upper()} {path}"
                now = new["paths"].get(path, {}).get(method)
                found += _operation(_Comparison(old, new), name, item[method], now)
    return list(dict.fromkeys(found))


def _operation(comparison: "_Comparison", name: str, old: Json, new: Json | None) -> Iterator[str]:
    if new is None:
        yield f"{name}: removed"
        return
    if old.get("operationId") != new.get("operationId"):
        yield f"{name}: operationId {old.get('operationId')} became {new.get('operationId')}"
    before, now = old.get("x-role", ""), new.get("x-role", "")
    if _ROLES.index(now) > _ROLES.index(before):
        yield f"{name}: needs the role {now}, before: {before or 'none'}"
    yield from _parameters(comparison, name, old, new)
    yield from _body(comparison, name, old, new)
    yield from _answers(comparison, name, old, new)


def _parameters(comparison: "_Comparison", name: str, old: Json, new: Json) -> Iterator[str]:
    before, now = (
        {(one["in"], one["name"]): one for one in document.get("parameters", ())} for document in (old, new)
    )
    for key, parameter in before.items():
        where = f"{name}: {key[0]} parameter {key[1]}"
        if key not in now:
            yield f"{where}: removed"
        else:
            yield from comparison.schema(where, parameter["schema"], now[key]["schema"], Direction.REQUEST)
    for key, parameter in now.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"{name}: {key[0]} parameter {key[1]}: required now"


def _body(comparison: "_Comparison", name: str, old: Json, new: Json) -> Iterator[str]:
    before, now = old.get("requestBody"), new.get("requestBody")
    if now and now.get("required") and not (before and before.get("required")):
        yield f"{name}: request body: required now"
    if before:
        yield from _content(comparison, f"{name}: request", before, now or {}, Direction.REQUEST)


def _answers(comparison: "_Comparison", name: str, old: Json, new: Json) -> Iterator[str]:
    """Errors may be added and removed, because clients must expect any of them, and all have one schema."""
    for status, before in old["responses"].items():
        if status < "400":
            now = new["responses"].get(status)
            if now is None:
                yield f"{name}: response {status}: removed"
            else:
                yield from _content(comparison, f"{name}: response {status}", before, now, Direction.RESPONSE)


def _content(
    comparison: "_Comparison", where: str, old: Json, new: Json, direction: Direction
) -> Iterator[str]:
    for media, before in old.get("content", {}).items():
        now = new.get("content", {}).get(media)
        if now is None:
            yield f"{where}: {media}: removed"
        else:
            yield from comparison.schema(where, before["schema"], now["schema"], direction)


@dataclass(frozen=True)
class _Comparison:
    """Compares schemas of two documents, by the components of each."""

    old: Json
    new: Json

    def schema(
        self, where: str, old: Json, new: Json, direction: Direction, seen: Pairs = frozenset()
    ) -> Iterator[str]:
        before, now = _alternatives(self.old, old), _alternatives(self.new, new)
        for one in before if direction is Direction.REQUEST else now:
            others = now if direction is Direction.REQUEST else before
            pairs = [(one, other) if direction is Direction.REQUEST else (other, one) for other in others]
            yield from min((list(self._single(where, *pair, direction, seen)) for pair in pairs), key=len)

    def _single(self, where: str, old: Json, new: Json, direction: Direction, seen: Pairs) -> Iterator[str]:
        if (id(old), id(new)) in seen:
            return
        seen |= {(id(old), id(new))}
        narrow, wide = (old, new) if direction is Direction.REQUEST else (new, old)
        if not _fits(narrow.get("type"), wide.get("type")):
            yield f"{where}: type {old.get('type', 'any')} became {new.get('type', 'any')}"
            return
        if direction is Direction.REQUEST:
            yield from _narrowed(where, old, new)
        if "items" in old and "items" in new:
            yield from self.schema(f"{where}[]", old["items"], new["items"], direction, seen)
        yield from self._properties(where, old, new, direction, seen)

    def _properties(
        self, where: str, old: Json, new: Json, direction: Direction, seen: Pairs
    ) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            if name not in now:
                yield f"{where}: {name}: removed"
            else:
                yield from self.schema(f"{where}: {name}", schema, now[name], direction, seen)
        required_before, required_now = set(old.get("required", ())), set(new.get("required", ()))
        if direction is Direction.REQUEST:
            for name in sorted(required_now - required_before):
                yield f"{where}: {name}: required now"
        else:
            for name in sorted((required_before - required_now) & now.keys()):
                yield f"{where}: {name}: may be absent now"
        others_before, others_now = (one.get("additionalProperties", True) for one in (old, new))
        if isinstance(others_before, Mapping) and isinstance(others_now, Mapping):
            yield from self.schema(f"{where}: *", others_before, others_now, direction, seen)
        elif others_before is not False and others_now is False and direction is Direction.REQUEST:
            yield f"{where}: other fields are refused now"


def _alternatives(document: Json, schema: Json) -> list[Json]:
    """Returns the alternatives of a schema, without references, unions and lists of types."""
    if "$ref" in schema:
        *_, name = schema["$ref"].split("/")
        return _alternatives(document, document["components"]["schemas"][name])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return [one for part in schema[union] for one in _alternatives(document, part)]
    types = schema.get("type")
    return [{**schema, "type": one} for one in types] if isinstance(types, list) else [schema]


def _fits(narrow: str | None, wide: str | None) -> bool:
    return wide is None or narrow == wide or (narrow, wide) == ("integer", "number")


def _values(schema: Json) -> list[Any] | None:
    """Returns the allowed values, or None if any value of the type is allowed."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _narrowed(where: str, old: Json, new: Json) -> Iterator[str]:
    """Yields what a request may no longer hold."""
    before, now = _values(old), _values(new)
    if now is not None:
        if before is None:
            yield f"{where}: only certain values are accepted now"
        for value in before or ():
            if value not in now:
                yield f"{where}: the value {value!r} is refused now"
    for limit in _AT_MOST:
        if limit in new and (limit not in old or new[limit] < old[limit]):
            yield f"{where}: {limit} {old.get(limit, 'none')} became {new[limit]}"
    for limit in _AT_LEAST:
        if limit in new and (limit not in old or new[limit] > old[limit]):
            yield f"{where}: {limit} {old.get(limit, 'none')} became {new[limit]}"
    for form in _FORMS:
        if form in new and new[form] != old.get(form):
            yield f"{where}: {form} {old.get(form, 'none')} became {new[form]}"
