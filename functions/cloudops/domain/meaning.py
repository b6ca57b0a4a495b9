"""What a known name or a wording means: the small sentence that the tables of a rule file are written in."""

import re
from typing import Final

import msgspec

from cloudops.domain.suggestion import Symptom

GRAMMAR: Final = "[SYMPTOM] [on COMPONENT] [when high|low] [with TRAIT[, TRAIT]...]"

_SYMPTOMS: Final = frozenset(Symptom)
_SENTENCE = re.compile(
    r"(?P<symptom>[a-z_]+)?(?:(?:^| )on (?P<component>[a-z_]+))?(?: when (?P<when>high|low))?"
    r"(?: with (?P<traits>[a-z_]+(?:, [a-z_]+)*))?"
)


class Meaning(msgspec.Struct, frozen=True):
    """`when` is the direction of the measured quantity that means trouble, empty where either does."""

    symptom: Symptom | None = None
    component: str = ""
    when: str = ""
    traits: tuple[str, ...] = ()


def parse_meaning(sentence: str) -> Meaning:
    """Reads "disk on database when low"; ValueError says what is wrong with a sentence of another form."""
    parts = _SENTENCE.fullmatch(sentence)
    if parts is None or not sentence:
        raise ValueError(f"{sentence!r} is not of the form {GRAMMAR}")
    symptom = parts["symptom"]
    if symptom and symptom not in _SYMPTOMS:
        raise ValueError(f"{symptom!r} is not a symptom")
    return Meaning(
        symptom=Symptom(symptom) if symptom else None,
        component=parts["component"] or "",
        when=parts["when"] or "",
        traits=tuple((parts["traits"] or "").split(", ")) if parts["traits"] else (),
    )
