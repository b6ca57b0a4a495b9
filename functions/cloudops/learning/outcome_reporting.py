"""Records that an action was carried out, with its outcome."""

from collections.abc import Callable
from typing import Final

from cloudops.core.errors import BadInput, NotFound
from cloudops.core.ids import SuggestionId, stable_id
from cloudops.core.retry import at_once, retry_on_conflict
from cloudops.core.time import DAY, EpochMillis
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.incidents.queries import IncidentQueries
from cloudops.incidents.store import IncidentStore
from cloudops.incidents.suggestion import ActionSuggestion, incident_of_suggestion
from cloudops.learning.outcomes import (
    OutcomeReport,
    OutcomeVerdict,
    PerformedAction,
    Reports,
    executed,
    reported,
)
from cloudops.learning.store import LearningStore

REPORT_ATTEMPTS: Final = 4
MAX_AGE: Final = 7 * DAY
"""Greatest age of a report: people rarely recall times of earlier actions reliably."""

_WORDS: Final = {
    OutcomeVerdict.CLEARED: "the alerts resolved",
    OutcomeVerdict.NOT_CLEARED: "the alerts did not resolve in time",
    OutcomeVerdict.PENDING: "the outcome is known within half an hour",
    OutcomeVerdict.INCONCLUSIVE: "whether it helped is unknown",
}


class ReportOutcome:
    """Stores outcome reports of people and of executions."""

    def __init__(self, store: IncidentStore, learning: LearningStore) -> None:
        self._store = store
        self._learning = learning
        self._browse = IncidentQueries(store)

    def report(
        self,
        suggestion_id: SuggestionId,
        performed_at: EpochMillis,
        cleared: bool | None,
        person: str,
        now: EpochMillis,
        *,
        person_id: str = "",
    ) -> OutcomeReport:
        """Stores the first report of a suggestion and returns it; later ones change nothing.

        `cleared` counts only if the incident itself does not decide. `person_id` is the subject of the person
        who reports.

        Raises:
            NotFound: The suggestion does not exist.
            BadInput: The time is in the future, older than seven days, or after all alerts resolved.
        """
        if not now - MAX_AGE <= performed_at <= now:
            raise BadInput("performedAt must lie in the last seven days", field="performedAt")
        suggestion = self._suggestion(suggestion_id)

        def judge(before: Reports) -> Reports:
            (standing,) = self._browse.standing([suggestion.incident_id])
            return reported(
                before, standing, suggestion, (person, performed_at, cleared), now, person_id=person_id
            )

        return self._store_report(suggestion, judge)

    def record_execution(self, performed: PerformedAction, now: EpochMillis) -> OutcomeReport:
        """Stores the result of an execution, unless the suggestion has a report; returns the stored report.

        Raises:
            NotFound: The suggestion does not exist.
        """
        suggestion = self._suggestion(performed.suggestion_id)
        return self._store_report(suggestion, lambda before: executed(before, suggestion, performed, now))

    def _store_report(
        self, suggestion: ActionSuggestion, judge: Callable[[Reports], Reports]
    ) -> OutcomeReport:
        def attempt() -> OutcomeReport:
            before = self._learning.reports([suggestion.incident_id])[suggestion.incident_id]
            after = judge(before)
            if after is before:
                return before.reports[suggestion.id]
            report = after.reports[suggestion.id]
            self._learning.record(before, after, _entry(report, suggestion))
            return report

        return retry_on_conflict(
            attempt, at_once, what=f"outcome of {suggestion.id}", attempts=REPORT_ATTEMPTS
        )

    def _suggestion(self, suggestion_id: SuggestionId) -> ActionSuggestion:
        name = incident_of_suggestion(suggestion_id)
        incident = self._store.incidents([name]).get(name) if name else None
        for suggestion in incident.suggestions if incident else ():
            if suggestion.id == suggestion_id:
                return suggestion
        raise NotFound(f"suggestion {suggestion_id}: not found", field="suggestionId")


def _entry(report: OutcomeReport, suggestion: ActionSuggestion) -> TimelineEntry:
    return TimelineEntry(
        id="tl_" + stable_id(suggestion.id, "outcome"),
        incident_id=suggestion.incident_id,
        at=report.reported_at,
        kind=TimelineKind.OUTCOME,
        text=f"{_actor(report)} {suggestion.action}: {_WORDS[report.verdict]}",
        actor=report.person,
    )


def _actor(report: OutcomeReport) -> str:
    if not report.executed:
        return f"{report.person} carried out"
    return f"CloudOps carried out, for {report.person}," if report.person else "CloudOps carried out"
