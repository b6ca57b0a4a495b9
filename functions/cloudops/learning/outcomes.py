"""Judges the outcome of an action, or of no action: whether the alerts resolved within its window.

The incident decides if it can, else the person who reports. Each outcome is counted once.
"""

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.alerts.environments import canonical_environment
from cloudops.confidence.observations import CellKey, Outcome
from cloudops.core.errors import BadInput
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE, EpochMillis
from cloudops.correlation.state import Resolution
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.suggestion import ActionSuggestion, suggestion_id

WINDOW: Final = 30 * MINUTE
"""Time after an action within which the alerts must resolve. Restarts and rollbacks take minutes and alarms
look back some more; after half an hour other causes are as likely."""

AGENT: Final = ""
"""The reporter of outcomes that CloudOps observes itself; no cap of a person applies to them."""


class OutcomeVerdict(StrEnum):
    """Whether the alerts resolved within the window; pending while it is open.

    `INCONCLUSIVE`: there is no evidence. The outcome is stored and not counted.
    """

    CLEARED = "cleared"
    NOT_CLEARED = "not_cleared"
    PENDING = "pending"
    INCONCLUSIVE = "inconclusive"


class OutcomeReport(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An action that was carried out, with its outcome.

    `counted` is the observation in its cell, None while the window is open and if the outcome is
    inconclusive. `executed` means that CloudOps carried the action out and observed the outcome itself."""

    suggestion_id: SuggestionId
    person: str
    cell: CellKey
    prior: float
    performed_at: EpochMillis
    reported_at: EpochMillis
    verdict: OutcomeVerdict
    counted: Outcome | None = None
    executed: bool = False
    person_id: str = ""

    @property
    def counted_for(self) -> str:
        """The subject of the person whose cap applies to this observation, or `AGENT` if none does.

        In a record that has no subject it is the name.
        """
        return AGENT if self.executed else self.person_id or self.person

    @property
    def due(self) -> EpochMillis:
        return self.performed_at + WINDOW


class PerformedAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action that CloudOps performed, with the result of its verification.

    Attributes:
        person: Who requested the execution; `AGENT` if CloudOps started it by itself.
        environment: That of the target, in which the outcome counts.
        helped: Whether the action helped by evidence, or None if there is none.
    """

    suggestion_id: SuggestionId
    performed_at: EpochMillis
    person: str
    environment: str
    helped: bool | None


class Reports(msgspec.Struct, frozen=True, rename="camel"):
    """All outcome reports of an incident, by suggestion; version 0 means none is stored."""

    incident_id: IncidentId
    version: int = 0
    reports: dict[str, OutcomeReport] = {}

    @property
    def due(self) -> EpochMillis | None:
        """The time at which the first open window ends, or None."""
        return min(
            (one.due for one in self.reports.values() if one.verdict is OutcomeVerdict.PENDING), default=None
        )


def reported(
    before: Reports,
    incident: Incident,
    suggestion: ActionSuggestion,
    report: tuple[str, EpochMillis, bool | None],
    now: EpochMillis,
    *,
    person_id: str = "",
) -> Reports:
    """Returns the reports with that of a person; the first report of a suggestion counts.

    It replaces an observed outcome of no action whose window it falls into.

    Args:
        before: The stored reports.
        incident: The incident, or the survivor of its merges.
        suggestion: The suggestion that was carried out.
        report: The person, the time, and whether the alerts resolved, or None if the incident decides.
        now: The time of the report.
        person_id: The subject of the person who reports.

    Raises:
        BadInput: All alerts had resolved before the action.
    """
    if suggestion.id in before.reports:
        return before
    person, performed_at, person_says = report
    resolved_at = _cleared_at(incident)
    if resolved_at is not None and resolved_at < performed_at:
        raise BadInput("performedAt: all alerts had resolved before", field="performedAt")
    new = OutcomeReport(
        suggestion_id=suggestion.id,
        person=person,
        cell=suggestion.cell(incident.scope.environment),
        prior=suggestion.expected,
        performed_at=performed_at,
        reported_at=now,
        verdict=OutcomeVerdict.PENDING,
        person_id=person_id,
    )
    return _with_report(before, suggestion.action, _with_verdict(new, incident, now, person_says))


def executed(
    before: Reports, suggestion: ActionSuggestion, performed: PerformedAction, now: EpochMillis
) -> Reports:
    """Returns the reports with that of an execution; the first report of a suggestion counts.

    The verification of the execution decides, never the incident: an incident can be resolved without a word
    of its alerts' sources, or by alerts that fired after the action. An outcome without evidence is stored as
    inconclusive and not counted, so that the incident is not taken for one without an action.
    """
    if suggestion.id in before.reports:
        return before
    verdict = _VERDICTS[performed.helped]
    counted = (
        Outcome(performed.helped, performed.performed_at, suggestion.expected)
        if performed.helped is not None
        else None
    )
    report = OutcomeReport(
        suggestion_id=suggestion.id,
        person=performed.person,
        cell=suggestion.cell(performed.environment),
        prior=suggestion.expected,
        performed_at=performed.performed_at,
        reported_at=now,
        verdict=verdict,
        counted=counted,
        executed=True,
    )
    return _with_report(before, suggestion.action, report)


_VERDICTS: Final = {
    True: OutcomeVerdict.CLEARED,
    False: OutcomeVerdict.NOT_CLEARED,
    None: OutcomeVerdict.INCONCLUSIVE,
}


def _with_report(before: Reports, action: Action, report: OutcomeReport) -> Reports:
    """Returns the reports with a new one, in place of an outcome of no action whose window it falls into."""
    reports = {
        name: one
        for name, one in before.reports.items()
        if one.person != AGENT or one.executed or action is Action.NOOP or report.performed_at > one.due
    }
    reports[report.suggestion_id] = report
    return replace(before, version=before.version + 1, reports=reports)


def settled(before: Reports, incident: Incident, now: EpochMillis) -> Reports:
    """Returns the reports with verdicts on all windows that have ended."""
    after = {
        name: _with_verdict(one, incident, now) if one.verdict is OutcomeVerdict.PENDING else one
        for name, one in before.reports.items()
    }
    return before if after == before.reports else replace(before, version=before.version + 1, reports=after)


def observe_no_action(before: Reports, incident: Incident, now: EpochMillis) -> Reports:
    """Returns the reports with the outcome of no action, if no person acted on the incident or reported."""
    touched = incident.acknowledged_at is not None or incident.resolved_by
    if before.reports or touched or incident.status is IncidentStatus.MERGED:
        return before
    alerted = [one.service for one in incident.causes if one.service in incident.services]
    lead = next(iter((*alerted, *incident.services)), "")
    nothing = OutcomeReport(
        suggestion_id=suggestion_id(incident.id, Action.NOOP),
        person=AGENT,
        cell=CellKey(incident.symptom, Action.NOOP, lead, canonical_environment(incident.scope.environment)),
        prior=0.5,
        performed_at=incident.opened_at,
        reported_at=now,
        verdict=OutcomeVerdict.PENDING,
    )
    judged = _with_verdict(nothing, incident, now)
    if judged.counted is None:
        return before
    return replace(before, version=before.version + 1, reports={judged.suggestion_id: judged})


def _with_verdict(
    report: OutcomeReport, incident: Incident, now: EpochMillis, person_says: bool | None = None
) -> OutcomeReport:
    """Returns the report with its verdict: the incident decides, then the person, then the end of the window.

    At the end of the window alerts that still fire are an outcome; an incident that ended in any other way
    than by its alerts' sources is none."""
    verdict = _of_incident(report, incident)
    if verdict is OutcomeVerdict.PENDING and person_says is not None:
        verdict = OutcomeVerdict.CLEARED if person_says else OutcomeVerdict.NOT_CLEARED
    if verdict is OutcomeVerdict.PENDING and now >= report.due:
        is_firing = incident.status.is_live and incident.firing_count > 0
        verdict = OutcomeVerdict.NOT_CLEARED if is_firing else OutcomeVerdict.INCONCLUSIVE
    if verdict in (OutcomeVerdict.PENDING, OutcomeVerdict.INCONCLUSIVE):
        return replace(report, verdict=verdict)
    counted = Outcome(verdict is OutcomeVerdict.CLEARED, report.performed_at, report.prior)
    return replace(report, verdict=verdict, counted=counted)


def _of_incident(report: OutcomeReport, incident: Incident) -> OutcomeVerdict:
    """Returns the verdict of the incident: whether its alerts resolved by themselves in time."""
    at = _cleared_at(incident)
    if at is None or at < report.performed_at:
        return OutcomeVerdict.PENDING
    return OutcomeVerdict.CLEARED if at <= report.due else OutcomeVerdict.NOT_CLEARED


def _cleared_at(incident: Incident) -> EpochMillis | None:
    """Returns when the alerts had resolved by their sources' word, or None."""
    return incident.resolved_at if incident.resolution is Resolution.BY_SOURCE else None
