"""Asks the guardrails once more, right before the act, whether what was approved may still be done."""

from cloudops.domain.alert import Instant
from cloudops.domain.execution import Execution, Origin
from cloudops.domain.remediation import Observed
from cloudops.flows.planning import Planning


class Guarding:
    def __init__(self, planning: Planning) -> None:
        self._planning = planning

    def __call__(self, execution: Execution, observed: Observed, now: Instant) -> str:
        """Why it may not go on, or ""."""
        judged = self._planning.judged(execution.plan, observed, now, execution.id)
        if judged.denial:
            return judged.denial
        given = 1 if execution.origin is Origin.AUTOMATIC else len(execution.approvals)
        if judged.people > given:
            return f"{judged.people} people have to approve it now, {given} did"
        return ""
