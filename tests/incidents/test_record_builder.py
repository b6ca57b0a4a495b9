"""What the changes before an incident do to its cause, its suggestions and its record."""

from typing import Any

from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.changes.evidence import ChangeLog
from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.correlation.decision import ClassifiedAlert
from cloudops.incidents.incident import Incident
from cloudops.incidents.record_builder import build_records
from tests.correlation.scenarios import PROD, SHOP, Scene, clock, fires

ERRORS, LATENCY, DISK = Symptom.ERROR_RATE, Symptom.LATENCY, Symptom.DISK


def a_deployment(service: str, time: str, **changes: Any) -> Change:
    known: dict[str, Any] = {
        "id": f"{service} {time}",
        "source": "ecs",
        "kind": ChangeKind.DEPLOYMENT,
        "state": ChangeState.SUCCEEDED,
        "at": clock(time),
        "title": f"ECS deployment of {service}",
        "service": service,
        "version": "v42",
        "environment": PROD.environment,
    }
    return Change(**known | changes)


def incident_of(
    *items: ClassifiedAlert, changes: tuple[Change, ...] = (), reporting: tuple[str, ...] = ()
) -> Incident:
    scene = Scene()
    decided = list(zip(items, scene.batch(*items), strict=True))
    (incident,) = build_records(
        {}, scene.state, decided, SHOP, changes=ChangeLog(changes, frozenset(reporting))
    ).incidents
    return incident


def chances(incident: Incident) -> dict[Action, float]:
    return {one.action: one.confidence for one in incident.suggestions}


def test_errors_right_after_a_deployment_suggest_a_rollback_with_the_deployment_as_evidence() -> None:
    incident = incident_of(fires("cart", ERRORS, "10:05"), changes=(a_deployment("cart", "10:03"),))

    first = incident.suggestions[0]
    assert (first.action, first.service, first.confidence) == (Action.ROLLBACK, "cart", 0.7549)
    assert first.evidence == (
        "change: deployment v42 of cart ended 2 min before: cart itself",
        "error_rate says so",
    )


def test_errors_without_a_change_suggest_it_less() -> None:
    quiet = incident_of(fires("cart", ERRORS, "10:05"), reporting=("cart",))
    unknown = incident_of(fires("cart", ERRORS, "10:05"))

    assert chances(unknown)[Action.ROLLBACK] == 0.4
    assert chances(quiet)[Action.ROLLBACK] == 0.2521
    assert [one.action for one in quiet.suggestions] == [Action.NOOP, Action.ROLLBACK]


def test_a_deployment_proposes_a_rollback_that_no_rule_proposes() -> None:
    incident = incident_of(fires("cart", LATENCY, "10:05"), changes=(a_deployment("cart", "10:04"),))

    assert chances(incident)[Action.ROLLBACK] > chances(incident)[Action.NOOP]
    assert incident_of(fires("cart", LATENCY, "10:05")).suggestions[0].action is Action.SCALE_SERVICE


def test_a_deployment_does_not_explain_a_full_disk() -> None:
    incident = incident_of(fires("cart", DISK, "10:05"), changes=(a_deployment("cart", "10:04"),))

    assert Action.ROLLBACK not in chances(incident)


def test_a_deployed_callee_is_the_target_of_the_rollback() -> None:
    incident = incident_of(fires("cart", ERRORS, "10:05"), changes=(a_deployment("redis", "10:04"),))

    assert (incident.suggestions[0].action, incident.suggestions[0].service) == (Action.ROLLBACK, "redis")


def test_of_two_equally_affected_services_the_changed_one_is_the_likelier_cause() -> None:
    items = (fires("search", ERRORS, "10:00"), fires("catalog", ERRORS, "10:00"))
    deployed = a_deployment("search", "09:58")

    before, after = incident_of(*items), incident_of(*items, changes=(deployed,))

    def score(incident: Incident) -> float:
        return {one.service: one.score for one in incident.causes}["search"]

    assert score(after) > 3 * score(before)
    changes = {one.service: one.evidence for one in after.causes}["search"]
    assert "change: deployment v42 of search ended 2 min before: search itself" in changes


def test_the_record_keeps_the_most_likely_changes_first() -> None:
    incident = incident_of(
        fires("cart", ERRORS, "10:30"),
        changes=(
            a_deployment("mail", "10:29"),
            a_deployment("cart", "09:40"),
            a_deployment("redis", "10:28"),
            a_deployment("cart", "10:29", environment="staging"),
        ),
    )

    assert [(one.service, one.reason) for one in incident.changes] == [
        ("redis", "cart calls redis"),
        ("cart", "cart itself"),
    ]


def test_a_line_about_changes_is_replaced() -> None:
    scene = Scene()
    first, second = fires("cart", ERRORS, "10:05"), fires("cart", ERRORS, "10:06", name="more")
    log = ChangeLog((a_deployment("cart", "10:03"),), frozenset())
    records: dict[IncidentId, Incident] = {}
    for item in (first, second):
        decided = [(item, scene.batch(item)[0])]
        records.update(
            (one.id, one) for one in build_records(records, scene.state, decided, SHOP, changes=log).incidents
        )

    (incident,) = records.values()
    lines = [line for line in incident.suggestions[0].evidence if line.startswith("change: ")]
    assert len(lines) == 1


def test_each_line_of_evidence_names_its_service_if_several_are_affected() -> None:
    scene = Scene()
    items = (fires("redis", Symptom.OOM, "10:00"), fires("cart", LATENCY, "10:01"))
    previous: dict[IncidentId, Incident] = {}
    for item in items:
        decided = list(zip((item,), scene.batch(item), strict=True))
        (incident,) = build_records(previous, scene.state, decided, SHOP).incidents
        previous = {incident.id: incident}

    changes = {one.action: one.evidence for one in incident.suggestions}
    assert changes[Action.RESTART_PODS] == ("redis: oom says so",)
    assert changes[Action.SCALE_SERVICE] == ("cart: latency says so",)


def test_the_timeline_says_why_an_alert_joined() -> None:
    scene = Scene()
    items = (fires("redis", Symptom.OOM, "10:00"), fires("cart", LATENCY, "10:01"))
    decided = list(zip(items, scene.batch(*items), strict=True))
    changes = [one.text for one in build_records({}, scene.state, decided, SHOP).timeline]
    assert changes == [
        "Opened by oom redis",
        "latency cart joined: cart calls redis, which failed 60 s before",
    ]
