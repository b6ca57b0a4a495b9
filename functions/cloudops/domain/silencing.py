"""Which silence makes one incident quiet: that of its services where it has some, else of its alerts."""

import re

from cloudops.domain.errors import Conflict
from cloudops.domain.incident import Incident
from cloudops.domain.silence import Matcher, Operator

MAX_PATTERN = 480
"""Characters: a matcher's value takes 500."""


def matchers_of(incident: Incident) -> tuple[Matcher, ...]:
    """Conflict where nothing names its alerts."""
    what = _any("service", incident.services) or _any(
        "fingerprint", [one.fingerprint for one in incident.samples]
    )
    if what is None:
        raise Conflict(f"incident {incident.id} has neither a service nor an alert to silence")
    environment = incident.scope.environment
    where = (Matcher("environment", Operator.EQUAL, environment),) if environment else ()
    return (what, *where)


def _any(field: str, values: tuple[str, ...] | list[str]) -> Matcher | None:
    """The first values that fit into one matcher."""
    named = sorted(set(filter(None, values)), key=list(values).index)
    if len(named) == 1:
        return Matcher(field, Operator.EQUAL, named[0])
    pattern = ""
    for name in named:
        longer = f"{pattern}|{re.escape(name)}" if pattern else re.escape(name)
        if len(longer) > MAX_PATTERN:
            break
        pattern = longer
    return Matcher(field, Operator.MATCHES, pattern) if pattern else None
