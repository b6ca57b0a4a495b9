"""What an alert is: one state change of one alerting thing, whichever source told of it."""

from enum import StrEnum
from sys import intern

import msgspec
from msgspec.structs import replace

from cloudops.core.bounded_cache import _WORDS
from cloudops.core.time import EpochMillis


class AlertStatus(StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"
    NO_DATA = "no_data"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low up to 3 for critical."""
        return _RANK[self]


_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Scope(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where correlation looks for company: alerts of different scopes never share an incident.

    An empty string stands for a part that the alert did not tell.
    """

    account: str = ""
    environment: str = ""
    region: str = ""

    def __str__(self) -> str:
        return "/".join(part or "-" for part in (self.account, self.environment, self.region))


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", gc=False):
    """One state change of one alerting thing.

    `fingerprint` names the thing (an alarm's ARN, a Datadog monitor and scope), 16 hexadecimal digits
    and the same for every delivery and source path. `episode` names one firing of it where the source
    does (Datadog's alert cycle), else it is empty. `resources` are sorted "kind:value" strings such as
    "host:ip-10-1-2-3" or "cluster:prod". `muted` is the source's own reason for silence, or empty.
    """

    source: str
    fingerprint: str
    status: AlertStatus
    occurred_at: EpochMillis
    received_at: EpochMillis
    title: str
    episode: str = ""
    started_at: EpochMillis | None = None
    message: str = ""
    account: str = ""
    environment: str = ""
    environment_reason: str = ""
    region: str = ""
    service: str = ""
    service_reason: str = ""
    resources: tuple[str, ...] = ()
    severity: Severity | None = None
    severity_reason: str = ""
    metric: str = ""
    namespace: str = ""
    unit: str = ""
    query: str = ""
    kind: str = ""
    labels: dict[str, str] = {}
    url: str = ""
    muted: str = ""
    informational: bool = False

    @property
    def is_firing(self) -> bool:
        return self.status is AlertStatus.FIRING

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.environment, self.region)


class UnparsablePayload(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A payload, or one alert of a payload, that no parser could make sense of: for the quarantine."""

    source: str
    reason: str
    payload: str
    received_at: EpochMillis


def intern_strings(alert: Alert) -> Alert:
    """The alert with the words that many alerts have in common held once, for all of them."""
    return replace(alert, **{name: intern(getattr(alert, name)) for name in _WORDS})
