"""Muting by silences, validation of silences, and inhibition by a graver incident."""

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import Scope, Severity
from cloudops.core.errors import BadInput
from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import DAY, MINUTE
from cloudops.incidents.incident import Cause, Incident, IncidentStatus
from cloudops.incidents.inhibition import inhibition
from cloudops.silences.matching import MuteReason, mute_reason, validate_silence
from cloudops.silences.silence import Matcher, Operator, Silence, SilenceKind
from tests.analysis.cases import described
from tests.correlation.scenarios import SHOP, clock

TEN, ELEVEN = clock("10:00"), clock("11:00")
CART = Matcher("service", Operator.EQUAL, "cart")
SILENCE = Silence(
    id="sil_1", matchers=(CART,), starts_at=TEN, ends_at=ELEVEN, comment="known", author="Ada", created_at=TEN
)
ALERT = described("Latency is high", service="cart", environment="prod", labels={"team": "shop-core"})


@pytest.mark.parametrize(
    ("at", "muted"), [("09:59", False), ("10:00", True), ("10:59:59", True), ("11:00", False)]
)
def test_a_silence_holds_from_its_start_until_before_its_end(at: str, muted: bool) -> None:
    assert (mute_reason(ALERT, [SILENCE], clock(at)) is not None) == muted


def test_the_reason_names_who_silenced_it_and_why() -> None:
    assert mute_reason(ALERT, [SILENCE], TEN) == MuteReason("sil_1", "silence by Ada: known")


def test_an_alert_that_its_source_mutes_needs_no_silence() -> None:
    alert = replace(ALERT, muted="mute window of the alarm")
    assert mute_reason(alert, [], TEN) == MuteReason("", "mute window of the alarm")


@pytest.mark.parametrize(
    ("matcher", "muted"),
    [
        (Matcher("service", Operator.NOT_EQUAL, "cart"), False),
        (Matcher("service", Operator.MATCHES, "ca.*"), True),
        (Matcher("service", Operator.MATCHES, "ar"), False),
        (Matcher("label.team", Operator.MATCHES, "shop-.*"), True),
        (Matcher("label.owner", Operator.EQUAL, ""), True),
        (Matcher("environment", Operator.NOT_MATCHES, "prod|staging"), False),
    ],
)
def test_every_matcher_must_hold_for_the_whole_value(matcher: Matcher, muted: bool) -> None:
    silence = replace(SILENCE, matchers=(CART, matcher))
    assert (mute_reason(ALERT, [silence], TEN) is not None) == muted


def test_a_repeating_maintenance_window_mutes_each_day() -> None:
    nightly = replace(SILENCE, kind=SilenceKind.MAINTENANCE, repeats_every=DAY)
    assert mute_reason(ALERT, [nightly], TEN + 3 * DAY) == MuteReason("sil_1", "maintenance by Ada: known")
    assert mute_reason(ALERT, [nightly], ELEVEN + 3 * DAY) is None
    assert not nightly.is_over(ELEVEN + 300 * DAY)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"matchers": ()}, "matchers"),
        ({"matchers": (Matcher("service", Operator.MATCHES, ".*"),)}, "matchers"),
        ({"matchers": (CART, Matcher("colour", Operator.EQUAL, "red"))}, "matchers[1]"),
        ({"matchers": (Matcher("title", Operator.MATCHES, "(unclosed"),)}, "matchers[0]"),
        ({"matchers": (Matcher("title", Operator.EQUAL, "x" * 501),)}, "matchers[0]"),
        ({"ends_at": TEN}, "endsAt"),
        ({"comment": "  "}, "comment"),
        ({"repeats_every": MINUTE}, "repeatsEvery"),
    ],
)
def test_an_invalid_silence_is_rejected_with_the_name_of_its_field(
    wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        validate_silence(replace(SILENCE, **wrong))
    assert refused.value.field == field


def incident(name: str, service: str, severity: Severity, opened: str) -> Incident:
    return Incident(
        id=IncidentId(name),
        scope=Scope("1", "prod", "eu-west-1"),
        status=IncidentStatus.OPEN,
        title=f"{service} fails",
        severity=severity,
        symptom=Symptom.AVAILABILITY,
        opened_at=clock(opened),
        updated_at=clock(opened),
        services=(service,),
        causes=(Cause(service, 1.0),),
    )


REDIS = incident("inc_redis", "redis", Severity.CRITICAL, "10:00")
WEB = incident("inc_web", "web", Severity.HIGH, "10:01")


def test_a_critical_cause_inhibits_the_incidents_of_dependent_services() -> None:
    found = inhibition(WEB, [WEB, REDIS], SHOP)
    assert found is not None
    assert (found.by, found.reason) == (
        "inc_redis",
        "depends on redis, the probable cause of: redis fails",
    )


@pytest.mark.parametrize(
    ("affected", "cause"),
    [
        (replace(WEB, severity=Severity.CRITICAL), REDIS),
        (incident("inc_mail", "mail", Severity.HIGH, "10:01"), REDIS),
        (WEB, replace(REDIS, severity=Severity.HIGH)),
        (WEB, replace(REDIS, status=IncidentStatus.RESOLVED)),
        (WEB, replace(REDIS, opened_at=clock("10:05"))),
        (WEB, replace(REDIS, causes=(Cause("redis", 0.4), Cause("cart", 0.3)))),
        (WEB, replace(REDIS, scope=Scope("1", "staging", "eu-west-1"))),
    ],
    ids=["critical itself", "unrelated", "not critical", "over", "later", "unsure", "elsewhere"],
)
def test_no_other_incident_inhibits_it(affected: Incident, cause: Incident) -> None:
    assert inhibition(affected, [cause], SHOP) is None
