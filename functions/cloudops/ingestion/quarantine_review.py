"""Lists, replays and deletes quarantined payloads for an operator."""

from cloudops.ingestion.quarantine import Quarantine, QuarantineItem
from cloudops.ingestion.reading import Received
from cloudops.ingestion.submit import SubmitAlerts, Submitted


class QuarantineService:
    """The quarantine as an operator uses it."""

    def __init__(self, quarantine: Quarantine, submit: SubmitAlerts) -> None:
        self._quarantine = quarantine
        self._submit = submit

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[QuarantineItem, ...], str | None]:
        """Returns items, newest first, and the next cursor or None; raises BadInput for a malformed
        cursor."""
        return self._quarantine.page(cursor, limit)

    def replay(self, item_id: str) -> Submitted:
        """Ingests a payload as of its first arrival, and removes it from quarantine if every part parses.

        Raises:
            NotFound: The item does not exist.
            Unprocessable: The payload still holds no alert.
        """
        item = self._quarantine.get(item_id)
        payload, received_at = item.unreadable.payload, item.unreadable.received_at
        submitted = self._submit.ingest([Received("payload", payload, received_at)])
        if not submitted.refused:
            self._quarantine.remove(item_id)
        return submitted

    def remove(self, item_id: str) -> None:
        """Deletes an item; raises NotFound for an unknown id."""
        self._quarantine.get(item_id)
        self._quarantine.remove(item_id)
