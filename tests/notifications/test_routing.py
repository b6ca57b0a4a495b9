"""The first matching route decides the destination of an incident; quiet hours delay notifications."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cloudops.alerts.alert import Scope, Severity
from cloudops.catalog.declaration import Catalog, ServiceDeclaration
from cloudops.catalog.inventory import ServiceInventory
from cloudops.catalog.names import CatalogNames
from cloudops.core.errors import BadInput
from cloudops.notifications.routing import Destination, parse_routing, with_known_route_names
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


def destination(
    service: str = "search", *teams: str, environment: str = "prod", severity: str = "high"
) -> Destination:
    scope = Scope("1", environment, "eu-west-1")
    incident = an_incident(service, scope=scope, severity=Severity(severity))
    return parse_routing(FILE).destination(incident, teams)


def test_an_incident_that_matches_no_route_has_the_settings_of_the_head() -> None:
    assert (destination().channel, destination().thread) == ("C0ALERTS", ThreadVerbosity.SUMMARY)


def test_the_first_matching_route_decides() -> None:
    assert destination("checkout-api", environment="dev").channel == ""
    assert destination("checkout-api").channel == "C0SHOP"


def test_every_condition_of_a_route_must_match() -> None:
    assert destination("invoices", "payments").channel == "C0ALERTS"
    grave = destination("invoices", "payments", severity="critical")
    assert (grave.channel, grave.mentions, grave.thread) == (
        "C0PAY",
        ("S0PAYONCALL",),
        ThreadVerbosity.EVERYTHING,
    )


def test_only_critical_incidents_mention_people_by_default() -> None:
    assert destination().mentions == ()
    assert destination(severity="critical").mentions == ("@here",)


def quiet_until(day: int, hour: int, minute: int = 0, severity: str = "high") -> datetime | None:
    """Returns the end of the quiet hours in July 2026, when Berlin is two hours ahead; the 6th is a
    Monday."""
    routing = parse_routing(FILE)
    now = int(datetime(2026, 7, day, hour, minute, tzinfo=UTC).timestamp() * 1000)
    until = routing.quiet_until(routing.quiet, Severity(severity), now)
    return None if until is None else datetime.fromtimestamp(until / 1000, UTC)


def test_quiet_hours_are_in_the_time_zone_of_the_file_and_pass_midnight() -> None:
    assert quiet_until(6, 19, 59) is None
    assert quiet_until(6, 20) == datetime(2026, 7, 7, 5, tzinfo=UTC)
    assert quiet_until(7, 4, 59) == datetime(2026, 7, 7, 5, tzinfo=UTC)
    assert quiet_until(7, 5) is None


def test_the_days_of_quiet_hours_are_those_on_which_they_begin() -> None:
    assert quiet_until(11, 4) == datetime(2026, 7, 11, 5, tzinfo=UTC)
    assert quiet_until(11, 21) is None


def test_a_critical_incident_does_not_wait() -> None:
    assert quiet_until(6, 21, severity="critical") is None


def test_a_route_can_remove_the_quiet_hours() -> None:
    routing = parse_routing(FILE)
    night = int(datetime(2026, 7, 6, 21, tzinfo=UTC).timestamp() * 1000)
    assert routing.quiet_until(destination("checkout").quiet, Severity.LOW, night) is None


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_an_error_names_the_wrong_key(text: str, expected: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_routing(text)
    assert expected in refused.value.message


def test_an_empty_file_has_no_channel() -> None:
    empty: Any = parse_routing("")
    assert empty.channel == ""


def channel_of(routes: str, service: str = "checkout", environment: str = "prod") -> str:
    routing = parse_routing(f'channel = "C0HEAD"\n[[routes]]\n{routes}\nchannel = "C0ROUTE"')
    scope = Scope("1", environment, "eu-west-1")
    return routing.destination(an_incident(service, scope=scope), ()).channel


@pytest.mark.parametrize(
    ("routes", "channel"),
    [
        ('environments = ["Production"]', "C0ROUTE"),
        ('environments = ["PRD"]', "C0ROUTE"),
        ('environments = ["PRO*"]', "C0ROUTE"),
        ('environments = ["staging"]', "C0HEAD"),
        ('services = ["Checkout"]', "C0ROUTE"),
        ('services = ["Check*"]', "C0ROUTE"),
        ('services = ["cart"]', "C0HEAD"),
    ],
)
def test_a_route_matches_however_its_names_are_spelled(routes: str, channel: str) -> None:
    assert channel_of(routes) == channel


@pytest.mark.parametrize(
    ("environment", "channel"), [("", "C0ROUTE"), ("blue", "C0ROUTE"), ("dev", "C0HEAD")]
)
def test_an_unknown_environment_is_routed_as_production(environment: str, channel: str) -> None:
    assert channel_of('environments = ["prod"]', environment=environment) == channel


CATALOG = Catalog({"checkout": ServiceDeclaration(aliases=("till",)), "cart": ServiceDeclaration()})
NAMES = CatalogNames(ServiceInventory(CATALOG))


def test_an_alias_in_a_route_is_resolved_and_a_pattern_is_kept() -> None:
    text = '[[routes]]\nservices = ["Till", "pay*"]\nenvironments = ["Production", "*-eu"]\nchannel = "C0X"'
    (route,) = with_known_route_names(parse_routing(text), NAMES).routes
    assert (route.services, route.environments) == (("checkout", "pay*"), ("prod", "*-eu"))


@pytest.mark.parametrize(
    ("condition", "field", "nearest"),
    [
        ('services = ["cart", "chekout"]', "routes[0].services[1]", "'checkout'"),
        ('environments = ["stagging"]', "routes[0].environments[0]", "'staging'"),
    ],
)
def test_an_unknown_name_in_a_route_is_refused_with_the_nearest_known_one(
    condition: str, field: str, nearest: str
) -> None:
    routing = parse_routing(f"[[routes]]\n{condition}\nchannel = 'C0X'")
    with pytest.raises(BadInput) as refused:
        with_known_route_names(routing, NAMES)
    assert refused.value.field == field
    assert refused.value.message.endswith(f"the nearest known name is {nearest}")
