"""Rotates the secret that webhooks must know, in two steps, so that no alert is refused between them."""

from collections.abc import Mapping

from cloudops.domain.errors import Conflict
from cloudops.flows.tokens import Document


class WebhookSecret:
    """`{"current": ..., "previous": ...}`: the webhook function accepts both; an empty one is none."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def rotate(self, random: bytes) -> str:
        """The new current secret; the one that was current is accepted until `retire`. `random` is 256 bits
        from the operating system. Conflict while an older one is accepted: its senders would be cut off."""
        fresh = random.hex()

        def rotated(held: Mapping[str, object]) -> Mapping[str, object]:
            if held.get("previous"):
                raise Conflict(
                    "the previous secret is accepted still: give senders the current one, then retire it"
                )
            return {**held, "current": fresh, "previous": held.get("current", "")}

        self._document.change(rotated)
        return fresh

    def retire(self) -> None:
        """From within a minute on only the current secret is accepted. Conflict where that is so already."""

        def retired(held: Mapping[str, object]) -> Mapping[str, object]:
            if not held.get("previous"):
                raise Conflict("there is no previous secret")
            return {**held, "previous": ""}

        self._document.change(retired)
