"""Candidates: which alerts of one time belong together, which do not, and with which evidence."""

from cloudops.alerts.alert import Severity
from cloudops.catalog.topology import Topology
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.correlator import DecisionKind, Reason
from tests.correlation.scenarios import Scene, clears, fires, homes

LATENCY, OOM, ERRORS, CPU = Symptom.LATENCY, Symptom.OOM, Symptom.ERROR_RATE, Symptom.SATURATION_CPU
OTHER = Symptom.OTHER


def test_alerts_of_one_service_are_one_incident() -> None:
    _, joined = Scene().each(fires("cart", OOM, "10:00"), fires("cart", LATENCY, "10:03"))
    assert (joined.kind, joined.reason) == (DecisionKind.JOINED, Reason.SAME_SERVICE)
    assert joined.evidence == ("cart has been affected for 3 min",)


def test_a_failure_travels_from_the_callee_to_the_caller() -> None:
    _, joined = Scene().each(fires("redis", OOM, "10:00"), fires("cart", LATENCY, "10:01"))
    assert joined.reason is Reason.DEPENDENCY
    assert joined.evidence == ("cart calls redis, which failed 60 s before",)


def test_a_failure_is_followed_through_services_that_do_not_alert() -> None:
    _, joined = Scene().each(fires("redis", OOM, "10:00"), fires("checkout", LATENCY, "10:02"))
    assert joined.evidence == ("checkout calls redis through one other service, which failed 2 min before",)


def test_services_that_do_not_call_each_other_stay_apart() -> None:
    assert homes(Scene().each(fires("ads", OOM, "10:00"), fires("payment", OOM, "10:01"))) == ["A", "B"]


def test_faults_of_services_outside_the_topology_stay_apart() -> None:
    alone = Scene(Topology()).each(fires("etl", OOM, "10:00"), fires("crm", OOM, "10:00:30"))
    assert homes(alone) == ["A", "B"]


def test_a_callee_that_fails_on_its_own_is_a_second_fault() -> None:
    """checkout ran out of memory by itself; payment, which it calls, does not explain that."""
    assert homes(Scene().each(fires("checkout", OOM, "10:00"), fires("payment", CPU, "10:01"))) == ["A", "B"]


def test_a_cause_reported_shortly_after_its_symptom_joins_it() -> None:
    _, cause = Scene().each(fires("web", LATENCY, "10:00"), fires("cart", OOM, "10:01"))
    assert cause.reason is Reason.DEPENDENCY
    assert cause.evidence == ("cart explains every root service of the incident",)


def test_a_cause_does_not_come_ten_minutes_after_its_symptom() -> None:
    assert homes(Scene().each(fires("web", LATENCY, "10:00"), fires("cart", OOM, "10:10"))) == ["A", "B"]


def test_a_late_cause_bridges_the_incidents_of_its_symptoms_and_the_older_one_survives() -> None:
    scene = Scene()
    first, second = scene.each(fires("cart", LATENCY, "10:00"), fires("search", LATENCY, "10:00:20"))
    assert first.incident_id != second.incident_id
    topology = Topology({"cart": frozenset({"redis"}), "search": frozenset({"redis"})})
    scene.topology = topology
    (cause,) = scene.batch(fires("redis", OOM, "10:01"))
    assert cause.incident_id == first.incident_id
    assert cause.absorbed == (second.incident_id,)
    assert scene.groups() == [{"cart", "search", "redis"}]
    assert scene.only.merged_from == [second.incident_id]


def test_a_common_caller_does_not_bridge_two_faults() -> None:
    scene = Scene()
    scene.each(fires("ads", OOM, "10:00"), fires("payment", OOM, "10:00:30"), fires("web", LATENCY, "10:01"))
    assert len(scene.groups()) == 2


def test_a_symptom_joins_the_fault_with_the_same_signal() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("ads", LATENCY, "10:00", resources=("namespace:ads",)),
        fires("cart", ERRORS, "10:00:30", resources=("namespace:shop",)),
        fires("web", ERRORS, "10:01"),
    )
    assert homes(decisions) == ["A", "B", "B"]


def test_two_faults_in_one_application_stay_split_while_their_symptoms_overlap() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("ads", OOM, "10:00"),
        fires("web", LATENCY, "10:01"),
        fires("payment", OOM, "10:02"),
        fires("checkout", ERRORS, "10:03"),
        fires("ads", Symptom.CRASH_LOOP, "10:03:30"),
    )
    assert homes(decisions) == ["A", "A", "B", "B", "A"]


def test_a_service_that_lost_its_traffic_follows_the_failure_of_its_caller() -> None:
    scene = Scene()
    _, joined = scene.each(
        fires("web", OOM, "10:00"), fires("ads", OTHER, "10:03", traits=("traffic",), severity=Severity.LOW)
    )
    assert joined.reason is Reason.DEPENDENCY
    assert joined.evidence == ("web, which calls ads, failed 3 min before",)


def test_many_connections_join_the_incident_of_an_affected_service() -> None:
    connections = fires("redis", OTHER, "10:04", traits=("connections",), severity=Severity.MEDIUM)
    _, joined = Scene().each(fires("redis", CPU, "10:00"), connections)
    assert (joined.reason, joined.evidence) == (Reason.SAME_SERVICE, ("redis has been affected for 4 min",))


def test_lost_traffic_is_no_cause_of_a_failing_caller() -> None:
    scene = Scene()
    decisions = scene.each(
        fires(
            "redis",
            OTHER,
            "10:00",
            traits=("traffic",),
            severity=Severity.LOW,
            resources=("namespace:data",),
        ),
        fires("ads", ERRORS, "10:01", resources=("namespace:ads",)),
    )
    assert homes(decisions) == ["A", "B"]


def test_unrelated_alerts_do_not_join_a_failure_of_the_same_service() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("cart", OOM, "10:00"),
        fires("cart", Symptom.CERTIFICATE, "10:01"),
        fires("cart", Symptom.DISK, "10:02"),
        fires("cart", OTHER, "10:03", name="bill", component="cost", severity=Severity.HIGH),
        fires("cart", OTHER, "10:04", name="login", component="security", severity=Severity.HIGH),
    )
    assert homes(decisions) == ["A", "B", "C", "D", "E"]


def test_a_failure_does_not_join_an_unrelated_alert() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("cart", Symptom.CERTIFICATE, "10:00"),
        fires("cart", OOM, "10:01"),
        fires("web", LATENCY, "10:02"),
    )
    assert homes(decisions) == ["A", "B", "B"]


def test_a_disk_that_is_critical_belongs_to_the_failure_of_its_service() -> None:
    scene = Scene()
    full = fires("cart", Symptom.DISK, "10:00", severity=Severity.CRITICAL)
    assert homes(scene.each(full, fires("cart", ERRORS, "10:02"))) == ["A", "A"]


def test_an_alert_without_a_service_joins_by_its_resources() -> None:
    scene = Scene()
    _, joined = scene.each(
        fires("cart", OOM, "10:00", resources=("cluster:prod", "pod:cart-7f8d")),
        fires("", Symptom.CRASH_LOOP, "10:01", resources=("cluster:prod", "pod:cart-7f8d")),
    )
    assert (joined.reason, joined.evidence) == (Reason.SHARED_RESOURCE, ("shares pod:cart-7f8d",))


def test_a_shared_cluster_links_no_alerts() -> None:
    scene = Scene(Topology())
    decisions = scene.each(
        fires("etl", OOM, "10:00", resources=("cluster:prod",)),
        fires("crm", OOM, "10:01", resources=("cluster:prod",)),
    )
    assert homes(decisions) == ["A", "B"]


def test_services_on_one_failing_node_are_one_incident() -> None:
    scene = Scene(Topology())
    decisions = scene.each(
        fires("etl", Symptom.AVAILABILITY, "10:00", resources=("node:n-1",)),
        fires("crm", Symptom.AVAILABILITY, "10:01", resources=("node:n-1",)),
    )
    assert homes(decisions) == ["A", "A"]


def test_a_resolved_incident_accepts_new_alerts_for_a_short_grace_only() -> None:
    scene = Scene()
    scene.each(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:10"))
    within, after = Scene(), Scene()
    within.state = after.state = scene.state
    assert within.batch(fires("web", LATENCY, "10:11"))[0].kind is DecisionKind.REOPENED
    assert after.batch(fires("web", LATENCY, "10:12"))[0].kind is DecisionKind.OPENED


def test_another_fault_after_the_incident_resolved_opens_a_new_one() -> None:
    scene = Scene()
    decisions = scene.each(
        fires("redis", OOM, "10:00"),
        fires("cart", LATENCY, "10:01"),
        clears("redis", OOM, "10:10"),
        clears("cart", LATENCY, "10:10"),
        fires("redis", CPU, "10:40"),
    )
    assert homes(decisions) == ["A", "A", "A", "A", "B"]
