"""An alert on its way into an incident, with all that the placing asks of it read once."""

import msgspec

from cloudops.domain.alert import Alert, Instant
from cloudops.domain.decision import Assessed
from cloudops.domain.maintenance import machine_of, window_of
from cloudops.domain.sign import Sign, sign_of
from cloudops.domain.suggestion import Analysis


class Newcomer(msgspec.Struct, frozen=True, gc=False):
    """`window` names the planned work that the alert is marked with, `machine` the machine that it is
    about; both empty where it has none."""

    alert: Alert
    analysis: Analysis
    at: Instant
    service: str
    sign: Sign
    window: str
    machine: str


def newcomer(item: Assessed) -> Newcomer:
    """The alert as placement looks at it."""
    alert = item.alert
    return Newcomer(
        alert,
        item.analysis,
        alert.occurred_at,
        alert.service,
        sign_of(alert, item.analysis),
        window_of(alert),
        machine_of(alert),
    )
