"""Probable root causes by topology, symptom and onset."""

from cloudops.core.taxonomy import Symptom
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
