"""Takes a person's word that an action was carried out, and what came of it."""

from typing import Final

from cloudops.core.errors import BadInput, NotFound
from cloudops.core.ids import SuggestionId, stable_id
from cloudops.core.retry import at_once, retry_on_conflict
from cloudops.core.time import DAY, EpochMillis
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.incidents.queries import IncidentQueries
from cloudops.incidents.store import IncidentStore
from cloudops.incidents.suggestion import ActionSuggestion, incident_of_suggestion
from cloudops.learning.outcomes import OutcomeReport, OutcomeVerdict, reported
from cloudops.learning.store import LearningStore

ATTEMPTS: Final = 4
EARLIEST: Final = 7 * DAY
"""Milliseconds back that people remember reliably what they did when."""

_WORDS: Final = {
    OutcomeVerdict.CLEARED: "the alerts cleared",
    OutcomeVerdict.NOT_CLEARED: "the alerts did not clear in time",
    OutcomeVerdict.PENDING: "whether it helped shows within half an hour",
}


class ReportOutcome:
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
        executed: bool = False,
    ) -> OutcomeReport:
        """The report as it stands: the first of a suggestion counts, once. NotFound names the suggestion,
        BadInput a time that cannot be; `cleared` is asked only where the incident itself cannot tell.
        `executed` says that the agent did it, as this person let it."""
        if not now - EARLIEST <= performed_at <= now:
            raise BadInput("performedAt must lie in the last seven days", field="performedAt")
        offer = self._offer(suggestion_id)

        def attempt() -> OutcomeReport:
            held = self._learning.reports([offer.incident_id])[offer.incident_id]
            (standing,) = self._browse.standing([offer.incident_id])
            word = (person, performed_at, cleared)
            after = reported(held, standing, offer, word, now, executed=executed)
            if after is held:
                return held.reports[offer.id]
            report = after.reports[offer.id]
            self._learning.record(held, after, _entry(report, offer))
            return report

        return retry_on_conflict(attempt, at_once, what=f"outcome of {suggestion_id}", attempts=ATTEMPTS)

    def _offer(self, suggestion_id: SuggestionId) -> ActionSuggestion:
        name = incident_of_suggestion(suggestion_id)
        incident = self._store.incidents([name]).get(name) if name else None
        for offer in incident.suggestions if incident else ():
            if offer.id == suggestion_id:
                return offer
        raise NotFound(f"suggestion {suggestion_id}: not found", field="suggestionId")


def _entry(report: OutcomeReport, offer: ActionSuggestion) -> TimelineEntry:
    return TimelineEntry(
        id="tl_" + stable_id(offer.id, "outcome"),
        incident_id=offer.incident_id,
        at=report.reported_at,
        kind=TimelineKind.OUTCOME,
        text=f"{_who(report)} {offer.action}: {_WORDS[report.verdict]}",
        actor=report.person,
    )


def _who(report: OutcomeReport) -> str:
    if not report.executed:
        return f"{report.person} carried out"
    return f"the agent carried out, for {report.person}," if report.person else "the agent carried out"
