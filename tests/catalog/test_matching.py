"""Which service of the inventory an alert is about."""

from typing import Any

import pytest

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.catalog.declaration import Catalog, parse_catalog
from cloudops.catalog.inventory import ServiceInventory
from cloudops.catalog.matching import ServiceMatcher

PROD = {"account": "111122223333", "region": "eu-west-1", "environment": "prod"}


def an_alert(**told: Any) -> Alert:
    known: dict[str, Any] = {
        "source": "datadog",
        "fingerprint": "0" * 16,
        "status": AlertStatus.FIRING,
        "occurred_at": 1,
        "received_at": 1,
        "title": "t",
    }
    return Alert(**known | told)


def recognition(**services: object) -> ServiceMatcher:
    return ServiceMatcher(ServiceInventory(parse_catalog({"defaults": PROD, "services": services})))


def test_an_alias_becomes_the_service() -> None:
    alert = recognition(checkout={"aliases": ["chk"]}).match_alert(
        an_alert(service="CHK", service_reason="tag app")
    )

    assert (alert.service, alert.service_reason) == ("checkout", "tag app; alias of checkout")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ({"platform": "lambda", "name": "chk-handler"}, {"resources": ("function:chk-handler",)}),
        ({"platform": "asg", "name": "chk-nodes"}, {"resources": ("asg:chk-nodes",)}),
        (
            {"platform": "ecs", "cluster": "c", "name": "chk-prod"},
            {"service": "chk", "labels": {"ServiceName": "chk-prod"}},
        ),
        ({"platform": "ecs", "cluster": "c", "name": "chk-prod"}, {"service": "chk"}),
    ],
)
def test_an_alert_that_names_a_target_is_about_its_service(
    target: dict[str, str], told: dict[str, Any]
) -> None:
    alert = recognition(checkout={"targets": [target]}).match_alert(an_alert(**told))

    assert (alert.service, alert.service_reason) == ("checkout", "target of the catalog")


def test_a_name_that_two_services_could_mean_is_left_alone() -> None:
    both = recognition(
        a={"targets": [{"platform": "asg", "name": "prod-worker"}]},
        b={"targets": [{"platform": "lambda", "name": "worker"}]},
    )

    assert both.match_alert(an_alert(service="worker")).service == "worker"


def test_what_the_alert_does_not_tell_of_its_place_follows_from_the_declared_targets() -> None:
    known = recognition(checkout={"targets": [{"platform": "asg", "name": "x"}]})

    alert = known.match_alert(an_alert(service="checkout", environment="prod"))

    assert (alert.account, alert.region, alert.environment) == ("111122223333", "eu-west-1", "prod")


def test_a_place_that_the_alert_tells_stands() -> None:
    known = recognition(checkout={"targets": [{"platform": "asg", "name": "x"}]})

    assert known.match_alert(an_alert(service="checkout", environment="staging")).account == ""


def test_a_place_that_the_targets_do_not_agree_on_stays_open() -> None:
    known = recognition(
        checkout={
            "targets": [
                {"platform": "asg", "name": "x"},
                {"platform": "asg", "name": "x", "region": "us-east-1"},
            ]
        }
    )

    alert = known.match_alert(an_alert(service="checkout"))

    assert (alert.account, alert.region) == ("111122223333", "")


def test_without_an_estate_an_alert_is_as_it_was_told() -> None:
    alert = an_alert(service="checkout", labels={"ServiceName": "checkout"}, resources=("host:a",))

    assert ServiceMatcher(ServiceInventory(Catalog())).match_alert(alert) is alert
