"""How environments are spelled: one canonical word for each, and where one hides in a name."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

SPELLINGS: Final[dict[str, str]] = {
    spelling: canonical
    for canonical, spellings in {
        "prod": "prod production prd live",
        "preprod": "preprod preproduction pprd nonprod nonproduction",
        "staging": "staging stage stg stag",
        "uat": "uat acceptance acc",
        "qa": "qa quality",
        "test": "test testing tst",
        "dev": "dev development develop devel",
        "sandbox": "sandbox sbx sandpit",
        "demo": "demo",
        "perf": "perf performance loadtest",
        "integration": "integration",
        "dr": "dr",
    }.items()
    for spelling in spellings.split()
}
"""Every key is lower case without separators, so that pre-prod and pre_prod are preprod."""

_NOT_IN_NAMES: Final = frozenset(
    {"live", "stage", "quality", "acc", "dr", "performance", "integration", "test"}
)
"""Spellings that are ordinary words of a name as well, and so say nothing there."""

_SEPARATORS: Final = re.compile(r"[^A-Za-z0-9]+")
_REGION: Final = re.compile(r"[-_](?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?[a-z]+-\d$")


class Part(NamedTuple):
    """An environment found inside a name, the word that tells it, and where: prefix, suffix or part."""

    environment: str
    word: str
    place: str


def canonical_environment(value: str) -> str:
    """The canonical word for an environment that somebody declared; unknown ones in lower case."""
    lowered = value.strip().lower()
    return SPELLINGS.get(_SEPARATORS.sub("", lowered), lowered)


@lru_cache(maxsize=4096)
def environment_in(name: str) -> Part | None:
    """The environment that a name such as prod-checkout-5xx carries, first and last word before others."""
    words = [word for word in _SEPARATORS.split(name[:512]) if word]
    if not words:
        return None
    placed = [(words[0], "prefix"), (words[-1], "suffix"), *((word, "part") for word in words[1:-1])]
    for word, place in placed:
        lowered = word.lower()
        if lowered in SPELLINGS and lowered not in _NOT_IN_NAMES:
            return Part(SPELLINGS[lowered], word, place)
    return None


@lru_cache(maxsize=4096)
def without_environment(name: str) -> str:
    """The name less its region at the end and its environment at either end: checkout of prod-checkout."""
    bare = _REGION.sub("", name)
    found = environment_in(bare)
    if found is None or found.place == "part" or len(found.word) == len(bare):
        return bare
    rest = bare[len(found.word) :] if found.place == "prefix" else bare[: -len(found.word)]
    return rest.strip("-_./ ") or bare
