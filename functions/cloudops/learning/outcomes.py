"""What came of an action, or of none: whether the alerts cleared in its window, told by the incident itself
where it can tell, and counted once."""

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.confidence.observations import CellKey, Outcome
from cloudops.core.errors import BadInput
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE, EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.suggestion import ActionSuggestion, suggestion_id

WINDOW: Final = 30 * MINUTE
"""Milliseconds after an action in which its alerts must clear to speak for it. Restarts and rollbacks take
minutes and alarms look back some more; after half an hour other causes are as likely."""

AGENT: Final = ""
"""Who reports that nothing was done: nobody, so no person's cap holds it."""


class OutcomeVerdict(StrEnum):
    CLEARED = "cleared"
    NOT_CLEARED = "not_cleared"
    PENDING = "pending"


class OutcomeReport(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An action carried out, and what came of it. `counted` is what its cell holds of it, None while the
    window is open. `executed` says that the agent did it itself and looked: no person's word is weighed."""

    suggestion_id: SuggestionId
    person: str
    cell: CellKey
    prior: float
    performed_at: EpochMillis
    reported_at: EpochMillis
    verdict: OutcomeVerdict
    counted: Outcome | None = None
    executed: bool = False

    @property
    def counted_for(self) -> str:
        """Whose word it is, of which one cell takes only so much; AGENT where it is nobody's."""
        return AGENT if self.executed else self.person

    @property
    def due(self) -> EpochMillis:
        return self.performed_at + WINDOW


class Reports(msgspec.Struct, frozen=True, rename="camel"):
    """All that is reported of one incident, by suggestion; version 0 is nothing yet."""

    incident_id: IncidentId
    version: int = 0
    reports: dict[str, OutcomeReport] = {}

    @property
    def due(self) -> EpochMillis | None:
        """When the first open window ends, or None."""
        return min(
            (one.due for one in self.reports.values() if one.verdict is OutcomeVerdict.PENDING), default=None
        )


def reported(
    held: Reports,
    standing: Incident,
    offer: ActionSuggestion,
    report: tuple[str, EpochMillis, bool | None],
    now: EpochMillis,
    *,
    executed: bool = False,
) -> Reports:
    """With one person's word that they did it: (who, when, whether it cleared or None to leave that to the
    incident). The first report of a suggestion counts, and what was held to be nothing done no longer is.

    `standing` is the incident that stands for it now. BadInput where its alerts had cleared before."""
    if offer.id in held.reports:
        return held
    person, performed_at, told = report
    over = _cleared_at(standing)
    if over is not None and over < performed_at:
        raise BadInput("performedAt: every alert had cleared before", field="performedAt")
    new = OutcomeReport(
        suggestion_id=offer.id,
        person=person,
        cell=CellKey(offer.symptom, offer.action, offer.service),
        prior=offer.expected,
        performed_at=performed_at,
        reported_at=now,
        verdict=OutcomeVerdict.PENDING,
        executed=executed,
    )
    kept = {
        name: one
        for name, one in held.reports.items()
        if one.person != AGENT or offer.action is Action.NOOP or performed_at > one.due
    }
    kept[offer.id] = _judged(new, standing, now, told)
    return replace(held, version=held.version + 1, reports=kept)


def settled(held: Reports, standing: Incident, now: EpochMillis) -> Reports:
    """With the verdicts on all windows that have ended."""
    after = {
        name: _judged(one, standing, now) if one.verdict is OutcomeVerdict.PENDING else one
        for name, one in held.reports.items()
    }
    return held if after == held.reports else replace(held, version=held.version + 1, reports=after)


def observe_no_action(held: Reports, incident: Incident, now: EpochMillis) -> Reports:
    """With the outcome of doing nothing, where nobody took it on, closed it or reported anything."""
    touched = incident.acknowledged_at is not None or incident.resolved_by
    if held.reports or touched or incident.status is IncidentStatus.MERGED:
        return held
    lead = incident.causes[0].service if incident.causes else next(iter(incident.services), "")
    nothing = OutcomeReport(
        suggestion_id=suggestion_id(incident.id, Action.NOOP),
        person=AGENT,
        cell=CellKey(incident.symptom, Action.NOOP, lead),
        prior=0.5,
        performed_at=incident.opened_at,
        reported_at=now,
        verdict=OutcomeVerdict.PENDING,
    )
    judged = _judged(nothing, incident, now)
    if judged.verdict is OutcomeVerdict.PENDING:
        return held
    return replace(held, version=held.version + 1, reports={judged.suggestion_id: judged})


def _judged(
    report: OutcomeReport, incident: Incident, now: EpochMillis, told: bool | None = None
) -> OutcomeReport:
    """The incident's word goes before the person's; without either, the end of the window decides."""
    verdict = _of_incident(report, incident)
    if verdict is OutcomeVerdict.PENDING and told is not None:
        verdict = OutcomeVerdict.CLEARED if told else OutcomeVerdict.NOT_CLEARED
    if verdict is OutcomeVerdict.PENDING and now >= report.due:
        verdict = OutcomeVerdict.NOT_CLEARED
    if verdict is OutcomeVerdict.PENDING:
        return report
    counted = Outcome(verdict is OutcomeVerdict.CLEARED, report.performed_at, report.prior)
    return replace(report, verdict=verdict, counted=counted)


def _of_incident(report: OutcomeReport, incident: Incident) -> OutcomeVerdict:
    """What the alerts say: all of them cleared by themselves, and when."""
    at = _cleared_at(incident)
    if at is None or at < report.performed_at:
        return OutcomeVerdict.PENDING
    return OutcomeVerdict.CLEARED if at <= report.due else OutcomeVerdict.NOT_CLEARED


def _cleared_at(incident: Incident) -> EpochMillis | None:
    """When its alerts had cleared by themselves, or None."""
    by_itself = incident.status is IncidentStatus.RESOLVED and not incident.resolved_by
    return incident.resolved_at if by_itself and not incident.firing_count else None
