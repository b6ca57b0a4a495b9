"""The grammar of meanings in rule files: a phrase of symptom, component, direction and traits."""

from typing import Final

import msgspec

from cloudops.core.taxonomy import Symptom

GRAMMAR: Final = "[SYMPTOM] [on COMPONENT] [when high|low] [with TRAIT[, TRAIT]...]"

UNKNOWN: Final = "unknown"
"""Component of an alert that names none."""
IDLE: Final = "idle"
"""Trait of a quantity on the harmless side of its bound."""

_SYMPTOMS: Final = frozenset(Symptom)


class FacetSpec(msgspec.Struct, frozen=True):
    """What a name or a match signals. `when` is the direction that means trouble, or "" for either."""

    symptom: Symptom | None = None
    component: str = ""
    when: str = ""
    traits: tuple[str, ...] = ()


def parse_meaning(phrase: str) -> FacetSpec:
    """Parses a phrase of the form GRAMMAR, such as "disk on datastore when low".

    Raises:
        ValueError: The phrase has another form; the message says what is wrong.
    """
    head, _, traits = f" {phrase} ".partition(" with ")
    head, _, when = f"{head} ".partition(" when ")
    symptom, _, component = f"{head} ".partition(" on ")
    parts = [symptom.strip(), component.strip(), when.strip()]
    names = tuple(name.strip() for name in traits.split(",")) if traits else ()
    if not (parts[0] or parts[1] or names) or any(" " in part for part in (*parts, *names)):
        raise ValueError(f"{phrase!r} is not of the form {GRAMMAR}")
    if parts[0] and parts[0] not in _SYMPTOMS:
        raise ValueError(f"{parts[0]!r} is not a symptom")
    if parts[2] not in {"", "high", "low"}:
        raise ValueError(f"{parts[2]!r} is neither high nor low")
    return FacetSpec(Symptom(parts[0]) if parts[0] else None, parts[1], parts[2], names)
