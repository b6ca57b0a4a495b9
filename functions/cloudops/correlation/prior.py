"""The third layer of correlation: what begins in one place within minutes is likely one problem.

It is asked only for symptoms, and only where identity and explanation name no incident.
docs/decisions/0026-three-layers-of-correlation.md measures what each rule contributes.
"""

from collections.abc import Iterable
from typing import Final

from cloudops.core.taxonomy import Symptom
from cloudops.core.time import MINUTE
from cloudops.correlation.candidate import Candidate, time_decay
from cloudops.correlation.decision import Reason
from cloudops.correlation.incident_index import IncidentIndex, has_own_fault
from cloudops.correlation.incoming_alert import ALARM, FailureSignal, IncomingAlert
from cloudops.correlation.state import IncidentState

PRIOR_SCORE: Final = 0.4
"""Score of an incident that began in the same place at the same time. With `LINK_DECAY` it reaches
`MIN_SCORE` for seven minutes after the latest new alert of the incident: one evaluation period of the slow
alarms (5 minutes) and their delay. Between 0.35 and 0.45 mean ARI moves by less than 0.01."""
PRIOR_WINDOW: Final = 8 * MINUTE
"""Incidents without a new alert for this long are not asked: `PRIOR_SCORE` has fallen below `MIN_SCORE`."""
MAX_PRIOR_SERVICES: Final = 20
"""An incident that affects this many services joins nothing more by place and time: it is near everything,
so nearness says nothing. Caps of 20 and 50 score alike on the labeled streams."""
BOUNDARIES: Final = ("namespace:",)
"""Kinds of resources that divide a place. Two alerts that name different ones are of different teams."""
EFFECTS_OF_LOAD: Final = frozenset({Symptom.SATURATION_CPU})
"""Faults of a service that retries and waiting callers cause too. Where no graph says who calls whom, they
count as symptoms: without this rule a storm of 10,000 alerts without a topology has an ARI of 0.01 instead
of 1.00, in three incidents. Memory, crashes and unavailability stay faults: counting them too costs 0.02."""

_ELSEWHERE: Final = "began {} after the latest alert of this incident, in the same place"
_CONNECTED: Final = "{} and this incident are of one application, and began within {}"


def prior_candidates(new: IncomingAlert, index: IncidentIndex) -> Iterable[Candidate]:
    """Yields incidents that began in the same place within minutes.

    The place is the scope (account, environment and region), divided by namespace. Where the graph knows
    both, it is the application too: services that no chain of calls joins stay apart, and an incident whose
    root shows a fault of its own needs no further symptom that this fault does not explain. A service with
    a fault of its own joins only symptoms without one, whose cause it may be. An alert that names no
    service, as of a node or a pod, may be about any service of its place.
    """
    if new.signal is FailureSignal.UNRELATED:
        return
    for incident, onset in index.started_since(new.at - PRIOR_WINDOW, new.at):
        if len(incident.services) >= MAX_PRIOR_SERVICES or incident.window or not _shows_failures(incident):
            continue
        connected = _connected(new, incident, index)
        if (
            _same_place(new, incident)
            and connected is not False
            and not _explained(new, incident, index, connected)
        ):
            score = PRIOR_SCORE * time_decay(new.at - onset)
            elapsed = abs(new.at - onset)
            template, facts = (_CONNECTED, (new.service, elapsed)) if connected else (_ELSEWHERE, (elapsed,))
            yield Candidate(score, incident, Reason.PLACE_AND_TIME, template, facts)


def _shows_failures(incident: IncidentState) -> bool:
    """Returns whether an alert of the incident is related to others. Unrelated ones keep only alarms."""
    if not incident.services:
        return any(not resource.startswith(ALARM) for resource in incident.resources)
    return any(one.signals.keys() - {FailureSignal.UNRELATED} for one in incident.services.values())


def _same_place(new: IncomingAlert, incident: IncidentState) -> bool:
    for kind in BOUNDARIES:
        its = {one for one in new.alert.resources if one.startswith(kind)}
        known = {one for one in incident.resources if one.startswith(kind)}
        if its and known and not its & known:
            return False
    return True


def _connected(new: IncomingAlert, incident: IncidentState, index: IncidentIndex) -> bool | None:
    """Returns whether the graph joins the service to one of the incident, or None if it does not know."""
    answers = {index.topology.connected(new.service, name) for name in incident.services}
    if True in answers:
        return True
    return None if None in answers or not answers else False


def _explained(
    new: IncomingAlert, incident: IncidentState, index: IncidentIndex, connected: bool | None
) -> bool:
    """Returns whether a fault of its own explains the alert or the incident, so that neither needs the
    other."""
    if not new.service:
        return False
    has_fault = has_own_fault(incident, index.topology)
    if new.signal is not FailureSignal.FAULT:
        return bool(connected) and has_fault
    return bool(connected) or (has_fault and new.analysis.symptom not in EFFECTS_OF_LOAD)
