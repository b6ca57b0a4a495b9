"""Matching of alerts to services of the inventory."""

from typing import Any

import pytest

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.catalog.declaration import Catalog, parse_catalog
from cloudops.catalog.inventory import ServiceInventory
from cloudops.catalog.matching import FROM_CATALOG, ServiceMatcher

PROD = {"account": "111122223333", "region": "eu-west-1", "environment": "prod"}


def an_alert(**fields: Any) -> Alert:
    defaults: dict[str, Any] = {
        "source": "datadog",
        "fingerprint": "0" * 16,
        "status": AlertStatus.FIRING,
        "occurred_at": 1,
        "received_at": 1,
        "title": "t",
    }
    return Alert(**defaults | fields)


def matcher(**services: object) -> ServiceMatcher:
    return ServiceMatcher(ServiceInventory(parse_catalog({"defaults": PROD, "services": services})))


def test_an_alias_becomes_the_service() -> None:
    alert = matcher(checkout={"aliases": ["chk"]}).match_alert(
        an_alert(service="CHK", service_reason="tag app")
    )

    assert (alert.service, alert.service_reason) == ("checkout", "tag app; alias of checkout")


@pytest.mark.parametrize(
    ("target", "fields"),
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
    target: dict[str, str], fields: dict[str, Any]
) -> None:
    alert = matcher(checkout={"targets": [target]}).match_alert(an_alert(**fields))

    assert (alert.service, alert.service_reason) == ("checkout", "target of the catalog")


def test_an_ambiguous_name_is_left_unchanged() -> None:
    both = matcher(
        a={"targets": [{"platform": "asg", "name": "prod-worker"}]},
        b={"targets": [{"platform": "lambda", "name": "worker"}]},
    )

    assert both.match_alert(an_alert(service="worker")).service == "worker"


def test_the_missing_place_of_an_alert_follows_from_the_declared_targets() -> None:
    checkout = matcher(checkout={"targets": [{"platform": "asg", "name": "x"}]})

    alert = checkout.match_alert(an_alert(service="checkout", environment="prod"))

    assert (alert.account, alert.region, alert.environment) == ("111122223333", "eu-west-1", "prod")
    assert (alert.account_reason, alert.environment_reason) == (FROM_CATALOG, "")


def test_a_place_that_the_catalog_filled_in_is_marked() -> None:
    checkout = matcher(checkout={"targets": [{"platform": "asg", "name": "x"}]})

    alert = checkout.match_alert(an_alert(service="checkout", account="111122223333"))

    assert (alert.environment, alert.environment_reason) == ("prod", FROM_CATALOG)
    assert (alert.account, alert.account_reason) == ("111122223333", "")


def test_the_place_in_an_alert_is_not_overridden() -> None:
    checkout = matcher(checkout={"targets": [{"platform": "asg", "name": "x"}]})

    assert checkout.match_alert(an_alert(service="checkout", environment="staging")).account == ""


def test_an_ambiguous_place_stays_unknown() -> None:
    checkout = matcher(
        checkout={
            "targets": [
                {"platform": "asg", "name": "x"},
                {"platform": "asg", "name": "x", "region": "us-east-1"},
            ]
        }
    )

    alert = checkout.match_alert(an_alert(service="checkout"))

    assert (alert.account, alert.region) == ("111122223333", "")


def test_without_a_catalog_an_alert_is_unchanged() -> None:
    alert = an_alert(service="checkout", labels={"ServiceName": "checkout"}, resources=("host:a",))

    assert ServiceMatcher(ServiceInventory(Catalog())).match_alert(alert) is alert
