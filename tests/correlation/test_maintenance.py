"""Maintenance windows: which alerts belong to one, and which stay with their failure."""

import pytest

from cloudops.core.taxonomy import Symptom
from cloudops.correlation.correlator import Reason
from cloudops.correlation.maintenance import machine_of, maintenance_window
from tests.correlation.scenarios import Scene, clears, fires, homes

OOM, CPU, AVAILABILITY = Symptom.OOM, Symptom.SATURATION_CPU, Symptom.AVAILABILITY
PATCH = {"maintenance": "patch-7"}
NODE = ("node:n-1",)


@pytest.mark.parametrize(
    ("labels", "muted", "window"),
    [
        ({"maintenance": "patch-7"}, "", "maintenance:patch-7"),
        ({"Change-Ticket": " CHG-1 "}, "", "maintenance:CHG-1"),
        ({"maintenance": "false"}, "", ""),
        ({"team": "patch-7"}, "", ""),
        ({}, "muted by arn:aws:cloudwatch:rule/night", "maintenance:arn:aws:cloudwatch:rule/night"),
        ({}, "muted in the source", ""),
    ],
)
def test_a_label_or_a_named_rule_of_the_source_marks_a_maintenance_window(
    labels: dict[str, str], muted: str, window: str
) -> None:
    assert maintenance_window(fires("cart", OOM, "10:00", labels=labels, muted=muted).alert) == window


def test_the_machine_of_an_alert_is_the_kind_that_is_patched_first() -> None:
    resources = ("pod:cart-1", "host:h-1", "instance:i-1", "node:n-1")
    assert machine_of(fires("cart", OOM, "10:00", resources=resources).alert) == "node:n-1"
    assert machine_of(fires("cart", OOM, "10:00", resources=resources[:2]).alert) == "host:h-1"
    assert machine_of(fires("cart", OOM, "10:00", resources=resources[:1]).alert) == ""


def test_alerts_of_one_window_are_one_incident_and_those_of_another_are_not() -> None:
    decisions = Scene().each(
        fires("cart", OOM, "10:00", labels=PATCH),
        fires("search", CPU, "10:30", labels=PATCH),
        fires("cart", CPU, "10:31", labels={"maintenance": "patch-8"}),
    )
    assert homes(decisions) == ["A", "A", "B"]
    assert decisions[1].evidence == ("part of maintenance:patch-7",)


def test_a_failure_of_a_service_does_not_join_its_maintenance_incident() -> None:
    decisions = Scene().each(fires("cart", OOM, "10:00", labels=PATCH), fires("cart", CPU, "10:01"))
    assert homes(decisions) == ["A", "B"]


def test_an_unmarked_alert_of_the_machine_under_work_joins_the_window() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("cart", AVAILABILITY, "10:00", labels=PATCH, resources=NODE),
        fires("", AVAILABILITY, "10:01", resources=NODE),
    )
    assert homes(decisions) == ["A", "A"]
    assert decisions[1].reason is Reason.SHARED_RESOURCE
    assert scene.only.resources.keys() == {"maintenance:patch-7", "node:n-1"}


def test_a_window_merges_the_earlier_incident_of_its_machine() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("search", CPU, "10:00", labels=PATCH),
        fires("", AVAILABILITY, "10:01", resources=NODE),
        fires("cart", OOM, "10:02", labels=PATCH, resources=NODE),
    )
    assert homes(decisions) == ["A", "B", "A"]
    assert decisions[2].absorbed == (decisions[1].incident_id,)
    assert scene.only.window == "maintenance:patch-7"


def test_a_window_does_not_merge_an_incident_that_names_another_machine_too() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("search", CPU, "10:00", labels=PATCH),
        fires("", AVAILABILITY, "10:01", resources=("node:n-1", "node:n-2")),
        fires("cart", OOM, "10:02", labels=PATCH, resources=NODE),
    )
    assert decisions[2].absorbed == ()
    assert len(scene.state.incidents) == 2


def test_an_alert_that_returns_with_a_window_leaves_its_incident() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("search", CPU, "10:00", labels=PATCH),
        fires("cart", OOM, "10:01"),
        clears("cart", OOM, "10:02"),
        fires("cart", OOM, "10:03", labels=PATCH),
    )
    assert homes(decisions) == ["A", "B", "B", "A"]
    assert decisions[3].left == decisions[1].incident_id


def test_an_alert_that_returns_without_its_window_leaves_the_window() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("search", CPU, "10:00", labels=PATCH),
        fires("cart", OOM, "10:01", labels=PATCH),
        clears("cart", OOM, "10:02"),
        fires("cart", OOM, "10:03"),
    )
    assert homes(decisions) == ["A", "A", "A", "B"]
    assert decisions[3].left == decisions[1].incident_id
