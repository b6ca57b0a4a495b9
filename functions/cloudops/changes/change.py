"""What a change is: a deployment, configuration change or scaling event, as a source reported it."""

from enum import StrEnum

import msgspec

from cloudops.core.time import EpochMillis


class ChangeKind(StrEnum):
    DEPLOYMENT = "deployment"
    CONFIGURATION = "configuration"
    INFRASTRUCTURE = "infrastructure"
    ALARM = "alarm"
    OTHER = "other"


class ChangeState(StrEnum):
    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"

    @property
    def is_final(self) -> bool:
        return self is not ChangeState.STARTED


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One state of one change, as its source reported it.

    All states of a change share its `id`; `at` is when this state began. An empty account, environment or
    region is unknown and matches any. `fingerprint` is that of the alarm whose configuration changed.
    """

    id: str
    source: str
    kind: ChangeKind
    state: ChangeState
    at: EpochMillis
    title: str
    service: str = ""
    service_reason: str = ""
    account: str = ""
    environment: str = ""
    region: str = ""
    resources: tuple[str, ...] = ()
    version: str = ""
    actor: str = ""
    url: str = ""
    detail: str = ""
    fingerprint: str = ""


class ChangeSpan(msgspec.Struct, frozen=True, array_like=True):
    """A change from its first known state to its last.

    `change` is the last state, completed with fields of earlier states; `ended_at` is None while it is
    under way."""

    change: Change
    started_at: EpochMillis
    ended_at: EpochMillis | None

    def gap(self, at: EpochMillis) -> int:
        """Returns the milliseconds from the end of the change to `at`, or 0 if it still runs then."""
        return max(0, at - (self.started_at if self.ended_at is None else self.ended_at))


class RelatedChange(msgspec.Struct, frozen=True, array_like=True):
    """What an incident's record keeps of a suspect change."""

    id: str
    kind: ChangeKind
    state: ChangeState
    service: str
    title: str
    version: str
    actor: str
    url: str
    detail: str
    started_at: EpochMillis
    ended_at: EpochMillis | None
    reason: str
    weight: float
