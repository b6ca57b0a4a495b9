"""How environments are spelled: one canonical word for each, and where one hides in a name."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

SPELLINGS: Final[dict[str, str]] = {
    spelling: canonical
    for canonical, spellings in {
        "prod": "prod production prd live",
        "preprod": "preprod preproduction pprd",
        "nonprod": "nonprod nonproduction nprd",
        "staging": "staging stage stg stag",
        "uat": "uat acceptance",
        "qa": "qa",
        "test": "test testing tst",
        "dev": "dev development develop devel",
        "sandbox": "sandbox sbx",
        "demo": "demo",
        "perf": "perf performance loadtest",
        "integration": "integration",
    }.items()
    for spelling in spellings.split()
}
"""Every key is lower case without separators: pre-prod and pre_prod are preprod."""

_IN_NAMES: Final = SPELLINGS.keys() - {
    "live",
    "stage",
    "acceptance",
    "performance",
    "integration",
    "test",
    "testing",
}
"""Less the spellings that are ordinary words of a name as well, and so say nothing there."""

_SEPARATORS: Final = re.compile(r"[^A-Za-z0-9]+")
_REGION: Final = re.compile(r"[-_](?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?[a-z]+-\d$")
_SHORTEST_NAME: Final = 3
"""Letters that must stay of a name for it to say anything: the eg of eg-prod does not."""


class Part(NamedTuple):
    """An environment inside a name, the word that tells it, and where it stands: prefix, suffix or part."""

    environment: str
    word: str
    place: str


def canonical_environment(value: str) -> str:
    """The canonical word for an environment that somebody declared; one of their own in lower case."""
    lowered = value.strip().lower()
    return SPELLINGS.get(lowered) or SPELLINGS.get(_SEPARATORS.sub("", lowered), lowered)


@lru_cache(maxsize=2_048)
def find_environment(name: str) -> Part | None:
    """The environment in a name such as prod-checkout-5xx, its first and its last word before others."""
    words = [word for word in _SEPARATORS.split(name.replace("pre-prod", "preprod")) if word]
    told = [word for word in words if word.lower() in _IN_NAMES]
    if not told:
        return None
    for word, place in ((words[0], "prefix"), (words[-1], "suffix"), (told[0], "part")):
        if word in told:
            return Part(SPELLINGS[word.lower()], word, place)
    return None


def without_environment(name: str) -> str:
    """The name less its region at the end and its environment at either end: checkout of prod-checkout."""
    bare = _REGION.sub("", name)
    found = find_environment(bare)
    if found is None or found.place == "part":
        return bare
    size = len(found.word)
    rest = (bare[size:] if bare.startswith(found.word) else bare[:-size]).strip("-_./ ")
    return rest if len(rest) >= _SHORTEST_NAME else bare
