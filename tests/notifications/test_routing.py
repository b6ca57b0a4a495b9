"""The first route that fits decides where an incident goes; quiet hours hold back what can wait."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cloudops.alerts.alert import Scope, Severity
from cloudops.core.errors import BadInput
from cloudops.notifications.routing import Destination, parse_routing
from cloudops.notifications.thread import ThreadVerbosity
from tests.fakes.incident_factory import an_incident

FILE = """
channel = "C0ALERTS"
timezone = "Europe/Berlin"

[quiet]
from = "22:00"
until = "07:00"
days = ["mon", "tue", "wed", "thu", "fri"]

[[routes]]
environments = ["dev", "staging"]
channel = ""

[[routes]]
teams = ["payments"]
severities = ["critical"]
channel = "C0PAY"
mentions = ["S0PAYONCALL"]
thread = "everything"

[[routes]]
services = ["checkout*"]
channel = "C0SHOP"
quiet = { from = "00:00", until = "00:00", days = [] }
"""


def goes(
    service: str = "search", *teams: str, environment: str = "prod", severity: str = "high"
) -> Destination:
    scope = Scope("1", environment, "eu-west-1")
    incident = an_incident(service, scope=scope, severity=Severity(severity))
    return parse_routing(FILE).destination(incident, teams)


def test_what_fits_no_route_goes_where_the_head_says() -> None:
    assert (goes().channel, goes().thread) == ("C0ALERTS", ThreadVerbosity.SUMMARY)


def test_the_first_route_that_fits_decides() -> None:
    assert goes("checkout-api", environment="dev").channel == ""
    assert goes("checkout-api").channel == "C0SHOP"


def test_every_condition_of_a_route_has_to_hold() -> None:
    assert goes("ledger", "payments").channel == "C0ALERTS"
    grave = goes("ledger", "payments", severity="critical")
    assert (grave.channel, grave.mentions, grave.thread) == (
        "C0PAY",
        ("S0PAYONCALL",),
        ThreadVerbosity.EVERYTHING,
    )


def test_only_what_is_critical_calls_people_unless_the_file_says_otherwise() -> None:
    assert goes().mentions == ()
    assert goes(severity="critical").mentions == ("@here",)


def quiet_until(day: int, hour: int, minute: int = 0, severity: str = "high") -> datetime | None:
    """In July, when Berlin is two hours ahead: the 6th of July 2026 is a Monday."""
    routing = parse_routing(FILE)
    now = int(datetime(2026, 7, day, hour, minute, tzinfo=UTC).timestamp() * 1000)
    found = routing.quiet_until(routing.quiet, Severity(severity), now)
    return None if found is None else datetime.fromtimestamp(found / 1000, UTC)


def test_quiet_hours_are_those_of_the_time_zone_and_go_past_midnight() -> None:
    assert quiet_until(6, 19, 59) is None
    assert quiet_until(6, 20) == datetime(2026, 7, 7, 5, tzinfo=UTC)
    assert quiet_until(7, 4, 59) == datetime(2026, 7, 7, 5, tzinfo=UTC)
    assert quiet_until(7, 5) is None


def test_they_hold_on_the_days_on_which_they_begin() -> None:
    assert quiet_until(11, 4) == datetime(2026, 7, 11, 5, tzinfo=UTC)
    assert quiet_until(11, 21) is None


def test_what_is_critical_does_not_wait() -> None:
    assert quiet_until(6, 21, severity="critical") is None


def test_a_route_can_do_without_them() -> None:
    routing = parse_routing(FILE)
    night = int(datetime(2026, 7, 6, 21, tzinfo=UTC).timestamp() * 1000)
    assert routing.quiet_until(goes("checkout").quiet, Severity.LOW, night) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('channel = "#alerts"', "$.channel"),
        ('chanel = "C0"', "chanel"),
        ('mentions = ["@everyone"]', "$.mentions[0]"),
        ('timezone = "Mars/Olympus"', "timezone 'Mars/Olympus'"),
        ('timezone = "../../etc/passwd"', "timezone"),
        ('[quiet]\nfrom = "25:00"\nuntil = "07:00"', "$.quiet.from"),
        ('[[routes]]\nseverities = ["grave"]', "$.routes[0].severities[0]"),
        ('[[routes]]\nchannel = "C0X"', "$.routes[0] has no condition"),
        ("channel = ", "Invalid value"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_routing(text)
    assert said in refused.value.message


def test_nothing_said_is_nowhere() -> None:
    empty: Any = parse_routing("")
    assert empty.channel == ""
