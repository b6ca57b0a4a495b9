"""Canonical names of environments, and finding an environment inside a name."""

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
"""Spelling -> canonical name. Keys are lower case without separators: pre-prod and pre_prod are preprod."""

PRODUCTION: Final = "prod"
ENVIRONMENTS: Final = frozenset(SPELLINGS.values())
"""The canonical names."""

_IN_NAMES: Final = SPELLINGS.keys() - {
    "live",
    "stage",
    "acceptance",
    "performance",
    "integration",
    "test",
    "testing",
}
"""Spellings that identify an environment inside a name: those that are not ordinary words too."""

_SEPARATORS: Final = re.compile(r"[^A-Za-z0-9]+")
_REGION: Final = re.compile(r"[-_](?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?[a-z]+-\d$")
_MIN_NAME: Final = 3
"""Characters that must remain for a name to identify a service: the eg of eg-prod does not."""


class EnvironmentInName(NamedTuple):
    """An environment found in a name: its canonical name, the word, and the place: prefix, suffix or part."""

    environment: str
    word: str
    place: str


def canonical_environment(value: str) -> str:
    """Returns the canonical name of a declared environment, or the value in lower case if it is none of
    ours."""
    lowered = value.strip().lower()
    return SPELLINGS.get(lowered) or SPELLINGS.get(_SEPARATORS.sub("", lowered), lowered)


def is_production(environment: str) -> bool:
    """Returns whether an environment counts as production: production itself, and every one that is not known
    to be another."""
    canonical = canonical_environment(environment)
    return canonical == PRODUCTION or canonical not in ENVIRONMENTS


@lru_cache(maxsize=2_048)
def find_environment(name: str) -> EnvironmentInName | None:
    """Returns the environment in a name such as prod-checkout-5xx; the first and last word go before
    others."""
    words = [word for word in _SEPARATORS.split(name.replace("pre-prod", "preprod")) if word]
    matches = [word for word in words if word.lower() in _IN_NAMES]
    if not matches:
        return None
    for word, place in ((words[0], "prefix"), (words[-1], "suffix"), (matches[0], "part")):
        if word in matches:
            return EnvironmentInName(SPELLINGS[word.lower()], word, place)
    return None


def without_environment(name: str) -> str:
    """Removes a region at the end and an environment at either end: prod-checkout becomes checkout."""
    bare = _REGION.sub("", name)
    found = find_environment(bare)
    if found is None or found.place == "part":
        return bare
    size = len(found.word)
    rest = (bare[size:] if bare.startswith(found.word) else bare[:-size]).strip("-_./ ")
    return rest if len(rest) >= _MIN_NAME else bare
