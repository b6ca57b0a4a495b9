"""Suspect changes of an incident, and how far they change the confidence of actions."""

from math import exp, log
from typing import Any

import pytest

from cloudops.alerts.alert import Scope
from cloudops.catalog.topology import Topology
from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.changes.evidence import describe, proposes_rollback, score_changes
from cloudops.changes.suspects import SuspectChange, change_spans, find_suspects
from cloudops.confidence.posterior import shifted
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import MINUTE

SCOPE = Scope("111122223333", "prod", "eu-west-1")
NOON = 1_763_899_200_000
SHOP = Topology({"web": frozenset({"checkout"}), "checkout": frozenset({"payments"})})


def a_change(minutes: int = 5, **fields: Any) -> Change:
    """Returns a finished deployment of checkout, `minutes` before noon."""
    defaults: dict[str, Any] = {
        "id": "d-1",
        "source": "codedeploy",
        "kind": ChangeKind.DEPLOYMENT,
        "state": ChangeState.SUCCEEDED,
        "at": NOON - minutes * MINUTE,
        "title": "checkout",
        "service": "checkout",
    }
    return Change(**defaults | fields)


def suspects(
    *changes: Change, service: str = "checkout", fingerprints: tuple[str, ...] = ()
) -> tuple[SuspectChange, ...]:
    return find_suspects(changes, SCOPE, {service: NOON}, SHOP, fingerprints)


def test_the_states_of_a_change_are_one_span_in_any_order() -> None:
    started = a_change(30, state=ChangeState.STARTED, version="v7")
    ended = a_change(10, version="")

    for states in ([started, ended], [ended, started], [ended, started, ended]):
        (span,) = change_spans(states)
        assert (span.started_at, span.ended_at) == (NOON - 30 * MINUTE, NOON - 10 * MINUTE)
        assert (span.change.state, span.change.version) == (ChangeState.SUCCEEDED, "v7")


def test_the_gap_is_measured_from_the_end_of_a_change_and_is_zero_before_it() -> None:
    (ended,) = change_spans([a_change(30, state=ChangeState.STARTED), a_change(10)])
    (under_way,) = change_spans([a_change(30, state=ChangeState.STARTED)])

    assert ended.gap(NOON) == 10 * MINUTE
    assert ended.gap(NOON - 20 * MINUTE) == 0
    assert under_way.gap(NOON) == 30 * MINUTE


def test_the_nearest_change_in_time_comes_first() -> None:
    found = suspects(a_change(40, id="old"), a_change(2, id="new"))

    assert [one.span.change.id for one in found] == ["new", "old"]


def test_the_nearest_change_in_the_graph_comes_first() -> None:
    own = a_change(5, id="own", service="checkout")
    called = a_change(5, id="called", service="payments")
    calling = a_change(5, id="calling", service="web")

    found = suspects(calling, called, own)

    assert [(one.span.change.id, one.hops, one.reason) for one in found] == [
        ("own", 0, "checkout itself"),
        ("called", 1, "checkout calls payments"),
        ("calling", 1, "web calls checkout"),
    ]
    assert [round(one.weight, 2) for one in found] == [0.78, 0.47, 0.23]


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (a_change(59), True),
        (a_change(61), False),
        (a_change(-1), True),
        (a_change(-3), False),
        (a_change(service="search"), False),
        (a_change(service=""), False),
        (a_change(environment="prod", account="111122223333"), True),
        (a_change(environment="staging"), False),
        (a_change(region="us-east-1"), False),
    ],
)
def test_only_earlier_changes_in_the_scope_count(change: Change, counts: bool) -> None:
    assert bool(suspects(change)) is counts


def test_a_change_of_the_alarm_itself_counts_for_any_service() -> None:
    alarm = a_change(3, kind=ChangeKind.ALARM, service="", fingerprint="f1")

    assert suspects(alarm) == ()
    assert [one.reason for one in suspects(alarm, fingerprints=("f1",))] == ["its own alarm changed"]


def rollback_of(
    symptom: Symptom, *changes: Change, reporting: tuple[str, ...] = ()
) -> list[tuple[str, float]]:
    found = score_changes(suspects(*changes), symptom, "checkout", frozenset(reporting))
    return [(one.service, round(exp(one.by), 2)) for one in found if one.action is Action.ROLLBACK]


def test_errors_right_after_a_deployment_make_a_rollback_likely() -> None:
    assert rollback_of(Symptom.ERROR_RATE, a_change(0)) == [("checkout", 5.0)]
    assert round(shifted(0.45, log(5.0)), 2) == 0.8


def test_errors_without_a_change_make_a_rollback_less_likely() -> None:
    assert rollback_of(Symptom.ERROR_RATE, reporting=("checkout",)) == [("", 0.51)]
    assert round(shifted(0.45, log(0.51)), 2) == 0.29


def test_a_missing_change_is_no_evidence_for_a_service_that_reports_none() -> None:
    assert rollback_of(Symptom.ERROR_RATE) == []


def test_a_missing_change_is_no_evidence_for_a_symptom_that_releases_do_not_cause() -> None:
    assert rollback_of(Symptom.CERTIFICATE, reporting=("checkout",)) == []


def test_a_change_that_was_rolled_back_is_evidence_against_another_rollback() -> None:
    assert rollback_of(Symptom.ERROR_RATE, a_change(0, state=ChangeState.ROLLED_BACK)) == [("", 0.3)]


def test_a_change_of_a_dependency_suggests_the_rollback_of_the_dependency() -> None:
    assert rollback_of(Symptom.ERROR_RATE, a_change(0, service="payments")) == [("payments", 3.4)]


def test_a_recent_change_of_the_alarm_is_evidence_for_noop() -> None:
    alarm = a_change(0, kind=ChangeKind.ALARM, service="", fingerprint="f1")

    (shift,) = score_changes(suspects(alarm, fingerprints=("f1",)), Symptom.OTHER, "checkout", frozenset())

    assert (shift.action, round(exp(shift.by), 2)) == (Action.NOOP, 4.0)


@pytest.mark.parametrize(
    ("symptom", "change", "proposed"),
    [
        (Symptom.LATENCY, a_change(5), True),
        (Symptom.LATENCY, a_change(50), False),
        (Symptom.DISK, a_change(5), False),
        (Symptom.LATENCY, a_change(5, kind=ChangeKind.INFRASTRUCTURE), False),
        (Symptom.LATENCY, a_change(5, state=ChangeState.ROLLED_BACK), False),
    ],
)
def test_a_rollback_that_no_rule_suggests_needs_a_recent_deployment(
    symptom: Symptom, change: Change, proposed: bool
) -> None:
    assert proposes_rollback(suspects(change), symptom) is proposed


def test_the_description_names_version_service_and_time() -> None:
    (ended,) = suspects(a_change(3, version="v42"))
    (under_way,) = suspects(a_change(0, state=ChangeState.STARTED))

    assert describe(ended) == "deployment v42 of checkout ended 3 min before: checkout itself"
    assert describe(under_way) == "deployment of checkout started under way: checkout itself"
