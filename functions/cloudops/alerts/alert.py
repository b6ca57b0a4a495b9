"""What an alert is: one state change of one monitored condition, as its source reported it."""

from enum import StrEnum
from sys import intern

import msgspec
from msgspec.structs import replace

from cloudops.core.text import clean_line, clean_text
from cloudops.core.time import EpochMillis


class AlertStatus(StrEnum):
    """What the source reports: the condition holds, no longer holds, or cannot be evaluated. GONE means that
    the source no longer has the alert, so that it can neither fire nor resolve."""

    FIRING = "firing"
    RESOLVED = "resolved"
    NO_DATA = "no_data"
    GONE = "gone"


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
    """The boundary of correlation: alerts of different scopes never share an incident.

    An empty string stands for a part that the alert does not name.
    """

    account: str = ""
    environment: str = ""
    region: str = ""

    def __str__(self) -> str:
        return "/".join(part or "-" for part in (self.account, self.environment, self.region))


MONITORING = "monitoring"
"""The kind of an alert about the monitoring itself: it says nothing of the services that are monitored."""
UNTITLED = "Untitled alert"
"""The title of an alert whose source gives none."""


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", gc=False):
    """One state change of one monitored condition.

    `fingerprint` identifies the condition (an alarm's ARN, a Datadog monitor and scope): 16 hexadecimal
    digits, equal for every delivery and every path. `episode` identifies one firing if the source does
    (Datadog's alert cycle), else it is "". `occurred_at` is the source's clock, `received_at` ours.
    `reported_at` is the time that the source reported, if it lay too far ahead of ours to be believed.
    `account_reason` is "" if the alert names its account itself.
    `resources` are sorted "kind:name" strings such as "host:ip-10-1-2-3" or "cluster:prod". `muted` is the
    reason why a silence or the source suppresses the alert, or "". `notify_no_data` is true if the source was
    set to notify missing data, so that an alert without data is a problem by itself.
    """

    source: str
    fingerprint: str
    status: AlertStatus
    occurred_at: EpochMillis
    received_at: EpochMillis
    title: str
    episode: str = ""
    started_at: EpochMillis | None = None
    reported_at: EpochMillis | None = None
    message: str = ""
    account: str = ""
    account_reason: str = ""
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
    notify_no_data: bool = False

    @property
    def is_firing(self) -> bool:
        return self.status is AlertStatus.FIRING

    @property
    def has_ended(self) -> bool:
        """Whether this ends a firing: the source resolved the alert, or no longer has it."""
        return self.status is AlertStatus.RESOLVED or self.status is AlertStatus.GONE

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.environment, self.region)


class UnparsablePayload(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A payload, or one alert of a payload, that could not be parsed. It goes to the quarantine."""

    source: str
    reason: str
    payload: str
    received_at: EpochMillis


_SHARED_FIELDS = (
    "source", "account", "account_reason", "environment", "environment_reason", "region", "service",
    "service_reason", "severity_reason", "metric", "namespace", "unit", "kind",
)  # fmt: skip


_LINES = ("title", *_SHARED_FIELDS)
_TEXTS = ("message", "query", "muted")


def clean_alert(alert: Alert) -> Alert:
    """Returns the alert without control characters in any text: they would control the terminal, the
    page or the message that shows it. Names, labels and the title become one line."""
    changed: dict[str, object] = {
        **{name: clean_line(value) for name in _LINES if not (value := getattr(alert, name)).isprintable()},
        **{name: clean_text(value) for name in _TEXTS if not (value := getattr(alert, name)).isprintable()},
    }
    if changed.get("title") == "":
        changed["title"] = UNTITLED
    for name in ("service", "environment"):
        if changed.get(name) == "":
            changed[f"{name}_reason"] = ""
    if not "".join(alert.resources).isprintable():
        changed["resources"] = tuple(sorted(map(clean_line, alert.resources)))
    if not all(key.isprintable() and value.isprintable() for key, value in alert.labels.items()):
        changed["labels"] = {clean_line(key): clean_text(value) for key, value in alert.labels.items()}
    return replace(alert, **changed) if changed else alert


def intern_strings(alert: Alert) -> Alert:
    """Returns the alert with interned values of the fields that many alerts share, to save memory."""
    return replace(alert, **{name: intern(getattr(alert, name)) for name in _SHARED_FIELDS})
