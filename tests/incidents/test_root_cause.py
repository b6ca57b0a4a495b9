"""Probable root causes by topology, symptom and onset."""

from cloudops.catalog.topology import Topology
from cloudops.core.taxonomy import Symptom
from cloudops.incidents.record_builder import incident_title
from cloudops.incidents.root_cause import rank_root_causes
from tests.correlation.scenarios import SHOP, Scene, fires

ERRORS, LATENCY, OOM = Symptom.ERROR_RATE, Symptom.LATENCY, Symptom.OOM


def test_the_deepest_service_with_a_specific_symptom_is_the_likeliest_cause() -> None:
    scene = Scene()
    scene.each(fires("redis", OOM, "10:00"), fires("cart", ERRORS, "10:01"), fires("web", LATENCY, "10:02"))
    found = rank_root_causes(scene.only, SHOP)
    assert [one.service for one in found] == ["redis", "cart", "web"]
    assert found[0].evidence == (
        "called by cart, web, which are affected too",
        "oom points at the service itself",
        "the first to alert",
    )


def test_a_cause_reported_a_minute_late_is_still_the_cause() -> None:
    scene = Scene()
    scene.each(
        fires("web", LATENCY, "10:00"), fires("cart", ERRORS, "10:00:30"), fires("redis", OOM, "10:01")
    )
    assert rank_root_causes(scene.only, SHOP)[0].service == "redis"


def test_the_scores_of_an_incident_add_up_to_one() -> None:
    scene = Scene()
    scene.each(fires("redis", OOM, "10:00"), fires("cart", ERRORS, "10:01"), fires("web", LATENCY, "10:02"))
    assert abs(sum(one.score for one in rank_root_causes(scene.only, SHOP)) - 1) < 0.001


STORES = Topology(
    {
        "cart": frozenset({"redis", "pricing"}),
        "search": frozenset({"redis", "index", "pricing"}),
        "mail": frozenset({"pricing"}),
    }
)
"""cart and search share redis; with mail, which has no alert in these tests, they share pricing."""


def test_a_service_without_an_alert_that_two_roots_call_comes_first() -> None:
    scene = Scene(STORES)
    scene.each(fires("cart", ERRORS, "10:00"), fires("search", LATENCY, "10:01"))
    found = rank_root_causes(scene.only, STORES)
    assert found[0].service == "redis"
    assert found[0].evidence == ("cart, search depend on it", "but it has no alert")


def test_a_silent_cause_all_of_whose_callers_are_affected_precedes_one_with_a_healthy_caller() -> None:
    scene = Scene(STORES)
    scene.each(fires("cart", ERRORS, "10:00"), fires("search", LATENCY, "10:01"))
    names = [one.service for one in rank_root_causes(scene.only, STORES)]
    assert names.index("redis") < names.index("pricing")


def test_a_single_affected_service_precedes_what_it_calls() -> None:
    scene = Scene(STORES)
    scene.each(fires("cart", ERRORS, "10:00"))
    assert [one.service for one in rank_root_causes(scene.only, STORES)][:2] == ["cart", "redis"]


def test_a_root_with_a_fault_of_its_own_has_no_silent_cause() -> None:
    scene = Scene(STORES)
    scene.each(fires("cart", OOM, "10:00"))
    assert [one.service for one in rank_root_causes(scene.only, STORES)] == ["cart"]


def test_at_most_three_causes_are_silent() -> None:
    wide = Topology({"gate": frozenset({"a", "b", "c", "d", "e", "f"})})
    scene = Scene(wide)
    scene.each(fires("gate", ERRORS, "10:00"))
    assert [one.service for one in rank_root_causes(scene.only, wide)] == ["gate", "a", "b", "c"]


def test_of_three_services_one_without_any_call_among_them_is_no_likely_cause() -> None:
    scene = Scene(SHOP)
    alone = fires("ads", ERRORS, "10:00")
    scene.each(alone, fires("checkout", ERRORS, "10:00:10"), fires("payment", LATENCY, "10:00:20"))
    found = [one.service for one in rank_root_causes(scene.only, SHOP) if one.service in scene.only.services]
    assert found[0] == "payment"


def test_alerts_of_one_instant_have_no_first() -> None:
    scene = Scene()
    scene.each(fires("redis", OOM, "10:00"), fires("cart", ERRORS, "10:00"))
    assert all("the first to alert" not in one.evidence for one in rank_root_causes(scene.only, SHOP))


def test_the_title_is_that_of_the_likeliest_cause_with_an_alert() -> None:
    scene = Scene(STORES)
    scene.each(fires("cart", ERRORS, "10:00"), fires("search", LATENCY, "10:01"))
    ranked = rank_root_causes(scene.only, STORES)
    assert ranked[0].service == "redis"
    assert incident_title(scene.only, ranked, None, ()) == "error_rate cart (+1 service)"
