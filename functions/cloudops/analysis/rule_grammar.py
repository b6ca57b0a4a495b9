"""What a known name or a wording means: the small sentence that the tables of a rule file are written in."""

from typing import Final

import msgspec

from cloudops.core.taxonomy import Symptom

GRAMMAR: Final = "[SYMPTOM] [on COMPONENT] [when high|low] [with TRAIT[, TRAIT]...]"

UNKNOWN: Final = "unknown"
"""The component of an alert that tells of none."""
IDLE: Final = "idle"
"""The trait of a quantity that lies on the harmless side of its bound."""

_SYMPTOMS: Final = frozenset(Symptom)


class FacetSpec(msgspec.Struct, frozen=True):
    """`when` is the direction of the measured quantity that means trouble, empty where either does."""

    symptom: Symptom | None = None
    component: str = ""
    when: str = ""
    traits: tuple[str, ...] = ()


def parse_meaning(sentence: str) -> FacetSpec:
    """Reads "disk on datastore when low"; ValueError says what is wrong with a sentence of another form."""
    told, _, traits = f" {sentence} ".partition(" with ")
    told, _, when = f"{told} ".partition(" when ")
    symptom, _, component = f"{told} ".partition(" on ")
    parts = [symptom.strip(), component.strip(), when.strip()]
    names = tuple(name.strip() for name in traits.split(",")) if traits else ()
    if not (parts[0] or parts[1] or names) or any(" " in part for part in (*parts, *names)):
        raise ValueError(f"{sentence!r} is not of the form {GRAMMAR}")
    if parts[0] and parts[0] not in _SYMPTOMS:
        raise ValueError(f"{parts[0]!r} is not a symptom")
    if parts[2] not in {"", "high", "low"}:
        raise ValueError(f"{parts[2]!r} is neither high nor low")
    return FacetSpec(Symptom(parts[0]) if parts[0] else None, parts[1], parts[2], names)
