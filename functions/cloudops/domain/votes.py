"""One place's word on an alert: what it means, and how much it weighs."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from cloudops.domain.meaning import Meaning
from cloudops.domain.rules import RuleSet
from cloudops.domain.wording import words

WEIGHTS: Final = {"title": 4.0, "metric": 3.0, "query": 2.0, "lead": 2.0, "message": 1.0, "queue": 4.0}
"""A wording by the field that it stands in."""
TELLS_COMPONENT: Final = frozenset({"title", "metric", "lead"})
"""Fields whose words tell what alarms; a query groups by host, and prose names whatever may be the cause."""
TECHNOLOGY: Final = {"title": 3.0, "integration": 3.0, "lead": 1.5}
"""A product's name by the field that it stands in."""
MAX_WORDS: Final = 40
_AROUND_WORDS: Final = "[](){}<>,;!?'\"*"


class Vote(NamedTuple):
    """What one place says; of one field only the heaviest vote for a thing counts."""

    weight: float
    meaning: Meaning
    evidence: str
    field: str


def votes_of_wording(field: str, found: Sequence[int], rules: RuleSet) -> Iterator[Vote]:
    """What the rules say whose wording stands in the field; `found` are their numbers."""
    for number in found:
        rule = rules.rules[number]
        if field in rule.fields and rules.exceptions[number].isdisjoint(found):
            told = rules.meanings[number] if field in TELLS_COMPONENT else rules.apart[number]
            yield Vote(WEIGHTS[field] * rule.strength, told, f"{field}: {rule.why}", field)


def votes_of_technology(field: str, spoken: str, rules: RuleSet) -> tuple[Vote, ...]:
    """What the first product that is named says."""
    known = rules.technology
    bare = [word.strip(_AROUND_WORDS) for word in spoken.split()[:MAX_WORDS]]
    for one, two in pairwise((*bare, "")):
        for name in (f"{one} {two}", one):
            if component := known.get(name):
                return (Vote(TECHNOLOGY[field], component, f"{field} names {name}", f"{field} technology"),)
    return ()


@lru_cache(maxsize=2048)
def vote_of_prose(lead: str, rules: RuleSet) -> tuple[Vote, ...]:
    """The product that a message's first sentence names: for alerts whose names tell of no component."""
    return votes_of_technology("lead", words(lead), rules)
