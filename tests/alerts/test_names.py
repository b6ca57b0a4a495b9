"""Names of pods, things and alarms, and what they say of a service."""

import pytest

from cloudops.alerts.alarm_names import service_from_alarm_name
from cloudops.alerts.environments import canonical_environment, without_environment
from cloudops.alerts.resources import workload_of


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("frontend-579b9bff58-t2dbm", "frontend"),
        ("redis-cart-7b8c9d6f5-xk2lp", "redis-cart"),
        ("productcatalogservice-33499-4579", "productcatalogservice"),
        ("product-reviews-a2bbb-73ed", "product-reviews"),
        ("ledger-0", "ledger"),
        ("ledger-db-12", "ledger-db"),
        ("fluent-bit-x7k2p", "fluent-bit"),
        ("node-exporter-bcdfg", "node-exporter"),
        ("backup-28391040-wq6zt", "backup"),
        ("payments", "payments"),
        ("cart-api", "cart-api"),
        ("order-batch-worker", "order-batch-worker"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_a_pod_s_generated_suffixes_are_stripped(pod: str, workload: str) -> None:
    assert workload_of(pod) == workload


@pytest.mark.parametrize(
    ("told", "environment"),
    [
        ("production", "prod"),
        ("PRD", "prod"),
        ("live", "prod"),
        ("pre_prod", "preprod"),
        ("non-prod", "nonprod"),
        ("stage", "staging"),
        ("Development", "dev"),
        ("qa", "qa"),
        ("  Testing ", "test"),
        ("eu-blue", "eu-blue"),
    ],
)
def test_each_environment_has_one_spelling(told: str, environment: str) -> None:
    assert canonical_environment(told) == environment


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("prod-checkout", "checkout"),
        ("checkout_staging", "checkout"),
        ("checkout-prod-eu-west-1", "checkout"),
        ("checkout-prod-api", "checkout-prod-api"),
        ("prod", "prod"),
        ("prod-db", "prod-db"),
        ("checkout", "checkout"),
    ],
)
def test_an_environment_at_either_end_is_no_part_of_a_name(name: str, rest: str) -> None:
    assert without_environment(name) == rest


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("prod-checkoutservice-Latency-P90", "checkoutservice"),
        ("prod-order-events-ApproximateAge", "order-events"),
        ("checkout-latency-high-staging", "checkout"),
        ("prod-Invoice-Queue-Message-Count", "invoice"),
        ("prod-api-Latency-P99", ""),
        ("prod-cpu-high", ""),
        ("prod-checkout", ""),
        ("eg-prod-web-4xx-count-high", ""),
        ("checkout-latency-high", ""),
        ("[Prod] checkout latency", ""),
        ("prod-a-b-c-d-e-latency", ""),
    ],
)
def test_an_alarm_s_name_tells_a_service_only_where_it_follows_the_pattern(name: str, service: str) -> None:
    assert service_from_alarm_name(name)[0] == service
    assert bool(service_from_alarm_name(name)[1]) == bool(service)
