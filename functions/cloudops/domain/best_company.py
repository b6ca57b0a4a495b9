"""Whose company a new alert belongs in, of the open incidents around it."""

from collections.abc import Iterable

from cloudops.domain.alert import Instant
from cloudops.domain.company import ENOUGH, Company
from cloudops.domain.company_at_hand import at_hand, same_work
from cloudops.domain.company_by_calls import QUIET_SIGNS, STRONGEST_LINK, explains, linked
from cloudops.domain.neighbourhood import Neighbourhood
from cloudops.domain.newcomer import Newcomer
from cloudops.domain.scope_state import IncidentState


def best_company(new: Newcomer, near: Neighbourhood) -> tuple[Company | None, list[IncidentState]]:
    """The incident that has most to say for it, or None where none has enough; and the incidents that the
    alert shows to be one and the same problem with it: of planned work, what it set off on the machine before
    it was known."""
    if new.window:
        before = [one for one in near.naming(new.machine, new.at) if _is_only_about(new.machine, one)]
        return _better(None, same_work(new, near)), before
    suffering = near.suffering(new.service, new.at)
    same = _bridged(new, near, suffering)
    best = _better(None, at_hand(new, near, suffering))
    if best is None or best.score < STRONGEST_LINK:
        best = _better(best, linked(new, near, same))
    return best, same


def _better(best: Company | None, companies: Iterable[Company]) -> Company | None:
    for one in companies:
        if one.score >= ENOUGH and (best is None or one.score > best.score or _rank(one) < _rank(best)):
            best = one
    return best


def _rank(one: Company) -> tuple[float, Instant, str]:
    return -one.score, one.incident.opened_at, one.incident.id


def _bridged(new: Newcomer, near: Neighbourhood, suffering: Iterable[IncidentState]) -> list[IncidentState]:
    """The open incidents whose every root this service's own trouble would explain."""
    if new.sign in QUIET_SIGNS or not new.service:
        return []
    for one in suffering:
        if new.sign in one.services[new.service].signs:
            return []
    there: dict[str, IncidentState] = {}
    for name in (*near.topology.callers(new.service), *near.topology.callees(new.service)):
        for incident in near.suffering(name, new.at):
            if new.service not in incident.services:
                there[incident.id] = incident
    return [one for one in there.values() if explains(new, one, near)]


def _is_only_about(machine: str, incident: IncidentState) -> bool:
    """Whether every machine that the incident names is this one."""
    kind = machine.partition(":")[0] + ":"
    named = [resource for resource in incident.resources if resource.startswith(kind)]
    return not incident.window and named == [machine]
