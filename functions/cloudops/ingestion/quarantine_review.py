"""Lets an operator look at unreadable payloads, replay those that can be read by now, or throw them away."""

from cloudops.ingestion.quarantine import Quarantine, QuarantineItem
from cloudops.ingestion.reading import Received
from cloudops.ingestion.submit import SubmitAlerts, Submitted


class QuarantineService:
    def __init__(self, quarantine: Quarantine, submit: SubmitAlerts) -> None:
        self._quarantine = quarantine
        self._submit = submit

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[QuarantineItem, ...], str | None]:
        """Newest first, and the cursor of the next page; BadInput where the cursor is not one of ours."""
        return self._quarantine.page(cursor, limit)

    def replay(self, item_id: str) -> Submitted:
        """Ingest the payload as of when it first came. It leaves the quarantine once all of it can be
        read; Unprocessable says why none of it can, NotFound names the id."""
        item = self._quarantine.get(item_id)
        payload, received_at = item.unreadable.payload, item.unreadable.received_at
        submitted = self._submit.ingest([Received("payload", payload, received_at)])
        if not submitted.refused:
            self._quarantine.remove(item_id)
        return submitted

    def remove(self, item_id: str) -> None:
        """NotFound names the id."""
        self._quarantine.get(item_id)
        self._quarantine.remove(item_id)
