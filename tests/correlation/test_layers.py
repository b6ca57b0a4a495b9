"""The three layers of correlation: what joins where no call explains it, and what stays apart."""

import pytest

from cloudops.alerts.alert import Severity
from cloudops.catalog.topology import Topology
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.correlator import ClassifiedAlert, Reason
from cloudops.correlation.prior import MAX_PRIOR_SERVICES
from tests.correlation.scenarios import Scene, clears, fires, homes

LATENCY, OOM, ERRORS = Symptom.LATENCY, Symptom.OOM, Symptom.ERROR_RATE
NO_MAP = Topology()
QUEUE = Topology({"orders": frozenset({"broker"}), "billing": frozenset({"broker"})})
"""orders produces to a broker, from which billing consumes."""


def starves(service: str, time: str, **fields: object) -> ClassifiedAlert:
    return fires(service, Symptom.OTHER, time, traits=("traffic",), severity=Severity.LOW, **fields)


def test_two_symptoms_of_a_callee_without_an_alert_are_one_incident_that_names_it() -> None:
    shared = Topology({"cart": frozenset({"redis"}), "search": frozenset({"redis"})})
    _, joined = Scene(shared).each(fires("cart", LATENCY, "10:00"), fires("search", LATENCY, "10:01"))
    assert joined.reason is Reason.DEPENDENCY
    assert joined.evidence == (
        "search and cart, which failed 60 s before, both call redis, which has no alert",
    )


def test_a_fault_of_its_own_needs_no_silent_cause() -> None:
    shared = Topology({"cart": frozenset({"redis"}), "search": frozenset({"redis"})})
    decisions = Scene(shared).each(fires("cart", OOM, "10:00"), fires("search", LATENCY, "10:01"))
    assert homes(decisions) == ["A", "B"]


def test_a_consumer_starves_behind_the_broker_of_a_producer_that_failed() -> None:
    _, starved = Scene(QUEUE).each(fires("orders", OOM, "10:00"), starves("billing", "10:03"))
    assert starved.reason is Reason.DEPENDENCY
    assert starved.evidence == ("orders failed 3 min before, and billing two calls away lost traffic",)


def test_a_client_loses_traffic_after_its_server_failed() -> None:
    _, starved = Scene().each(fires("redis", OOM, "10:00"), starves("cart", "10:02"))
    assert starved.evidence == ("redis failed 2 min before, and cart next to it lost traffic",)


def test_without_a_map_symptoms_that_begin_within_minutes_in_one_place_are_one_incident() -> None:
    scene = Scene(NO_MAP)
    _, second, third = scene.each(
        fires("etl", OOM, "10:00"), fires("crm", ERRORS, "10:01"), fires("web", LATENCY, "10:05")
    )
    assert second.reason is third.reason is Reason.PLACE_AND_TIME
    assert second.evidence == ("began 60 s after the latest alert of this incident, in the same place",)
    assert scene.groups() == [{"etl", "crm", "web"}]


def test_without_a_map_two_services_with_faults_of_their_own_stay_apart() -> None:
    assert homes(Scene(NO_MAP).each(fires("etl", OOM, "10:00"), fires("crm", OOM, "10:01"))) == ["A", "B"]


def test_without_a_map_a_busy_processor_may_be_an_effect() -> None:
    busy = fires("web", Symptom.SATURATION_CPU, "10:01")
    assert homes(Scene(NO_MAP).each(fires("etl", OOM, "10:00"), busy)) == ["A", "A"]


def test_without_a_map_a_fault_joins_the_symptoms_that_it_may_have_caused() -> None:
    _, fault = Scene(NO_MAP).each(fires("web", LATENCY, "10:00"), fires("crm", OOM, "10:00:20"))
    assert fault.reason is Reason.PLACE_AND_TIME


@pytest.mark.parametrize(("time", "expected"), [("10:06:55", ["A", "A"]), ("10:07", ["A", "B"])])
def test_the_prior_of_place_and_time_ends_after_seven_minutes(time: str, expected: list[str]) -> None:
    assert homes(Scene(NO_MAP).each(fires("etl", ERRORS, "10:00"), fires("crm", ERRORS, time))) == expected


def test_namespaces_divide_a_place() -> None:
    decisions = Scene(NO_MAP).each(
        fires("etl", ERRORS, "10:00", resources=("namespace:data",)),
        fires("web", ERRORS, "10:00:20", resources=("namespace:shop",)),
        fires("crm", ERRORS, "10:00:40", resources=("namespace:shop",)),
    )
    assert homes(decisions) == ["A", "B", "B"]


def test_services_that_no_chain_of_calls_joins_stay_apart() -> None:
    assert homes(Scene().each(fires("search", ERRORS, "10:00"), fires("cart", ERRORS, "10:00:20"))) == [
        "A",
        "B",
    ]


def test_services_of_one_application_without_a_fault_are_one_incident() -> None:
    _, joined = Scene().each(fires("payment", ERRORS, "10:00"), fires("ads", LATENCY, "10:01"))
    assert (joined.reason, joined.evidence) == (
        Reason.PLACE_AND_TIME,
        ("ads and this incident are of one application, and began within 60 s",),
    )


@pytest.mark.parametrize("map_of_calls", [Topology({"web": frozenset({"cart"})}), NO_MAP])
def test_an_unrelated_alert_attracts_nothing(map_of_calls: Topology) -> None:
    scene = Scene(map_of_calls)
    decisions = scene.each(fires("etl", Symptom.CERTIFICATE, "10:00"), fires("crm", ERRORS, "10:00:20"))
    assert homes(decisions) == ["A", "B"]


def test_an_incident_of_many_services_joins_nothing_by_place() -> None:
    scene = Scene(NO_MAP)
    many = scene.each(*(fires(f"s{number}", ERRORS, "10:00") for number in range(MAX_PRIOR_SERVICES)))
    assert set(homes(many)) == {"A"}
    (one_more,) = scene.batch(fires("another", ERRORS, "10:00:10"))
    assert one_more.reason is Reason.NEW


def test_a_pod_without_a_service_may_be_about_any_service_of_its_place() -> None:
    scene = Scene()
    _, pod = scene.each(
        fires("cart", OOM, "10:00", resources=("namespace:shop",)),
        fires("", Symptom.CRASH_LOOP, "10:01", resources=("namespace:shop", "pod:x-1")),
    )
    assert pod.reason is Reason.PLACE_AND_TIME


def test_an_incident_that_keeps_coming_back_attracts_less() -> None:
    scene = Scene(NO_MAP)
    for minute in range(0, 40, 8):
        scene.each(fires("etl", LATENCY, f"10:{minute:02}"), clears("etl", LATENCY, f"10:{minute + 4:02}"))
    scene.batch(fires("etl", LATENCY, "10:40"))
    assert scene.only.returns == 5
    assert scene.batch(fires("crm", ERRORS, "10:41"))[0].reason is Reason.NEW


@pytest.mark.parametrize(("time", "incidents"), [("11:00", 1), ("11:01", 2)])
def test_an_alert_whose_resolution_was_lost_returns_to_its_incident_for_an_hour(
    time: str, incidents: int
) -> None:
    scene = Scene(NO_MAP)
    scene.batch(fires("etl", LATENCY, "10:00", episode="1"))
    scene.batch(fires("etl", LATENCY, time, episode="2"))
    assert len(scene.groups()) == incidents


def test_a_night_of_jobs_beside_an_outage_keeps_both_apart_without_a_map() -> None:
    """Three jobs of the namespace `batch` fail as their database closes, while the shop's gateway times out:
    no call is known, and the alerts of both interleave by seconds."""
    batch, shop = ("namespace:batch",), ("namespace:shop",)
    decisions = Scene(NO_MAP).each(
        fires("nightly-load", ERRORS, "02:00:00", resources=batch),
        fires("gateway", LATENCY, "02:00:10", resources=shop),
        fires("month-close", ERRORS, "02:00:20", resources=batch),
        fires("basket", ERRORS, "02:00:50", resources=shop),
        fires("archive", LATENCY, "02:02:30", resources=batch),
        starves("shipping", "02:03:00", resources=shop),
    )
    assert homes(decisions) == ["A", "B", "A", "B", "A", "B"]


def test_the_name_of_an_alarm_does_not_link_its_next_firing_to_the_incident_of_the_last_one() -> None:
    alarm = ("alarm:web-p95",)
    scene = Scene(NO_MAP)
    scene.each(
        fires("db", OOM, "10:00", resources=("namespace:data",)),
        fires("web", LATENCY, "10:01", resources=(*alarm, "namespace:data")),
        clears("web", LATENCY, "10:05"),
    )
    assert scene.groups() == [{"db", "web"}]
    (again,) = scene.batch(fires("web", LATENCY, "13:30", resources=(*alarm, "namespace:data")))
    assert again.reason is Reason.NEW


def test_a_declared_relation_to_an_alarm_of_more_than_an_hour_ago_is_no_evidence() -> None:
    decisions = Scene(NO_MAP).each(
        fires("db", OOM, "10:00", resources=("alarm:db-memory",)),
        fires("shop", OOM, "11:01", resources=("alarm:shop-down", "alarm:db-memory")),
    )
    assert homes(decisions) == ["A", "B"]


def test_a_fault_of_a_service_whose_alarm_rings_all_day_is_an_incident_of_its_own() -> None:
    scene = Scene(NO_MAP)
    for minute in range(0, 56, 8):
        scene.each(fires("db", LATENCY, f"10:{minute:02}"), clears("db", LATENCY, f"10:{minute + 4:02}"))
    scene.batch(fires("db", LATENCY, "10:56"))
    assert scene.only.returns == 7
    assert scene.batch(fires("db", OOM, "11:03"))[0].reason is Reason.NEW
