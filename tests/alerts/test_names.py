"""Services in the names of pods, resources and alarms."""

import pytest

from cloudops.alerts.alarm_names import service_from_alarm_name
from cloudops.alerts.environments import canonical_environment, is_production, without_environment
from cloudops.alerts.resources import workload_of


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("frontend-579b9bff58-t2dbm", "frontend"),
        ("redis-cart-7b8c9d6f5-xk2lp", "redis-cart"),
        ("productcatalogservice-33499-4579", "productcatalogservice"),
        ("product-reviews-a2bbb-73ed", "product-reviews"),
        ("orders-0", "orders"),
        ("orders-db-12", "orders-db"),
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
    ("spelling", "environment"),
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
def test_each_environment_has_one_spelling(spelling: str, environment: str) -> None:
    assert canonical_environment(spelling) == environment


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
def test_an_environment_at_either_end_is_stripped_from_a_name(name: str, rest: str) -> None:
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
def test_the_name_of_an_alarm_holds_a_service_only_if_it_follows_the_pattern(name: str, service: str) -> None:
    assert service_from_alarm_name(name)[0] == service
    assert bool(service_from_alarm_name(name)[1]) == bool(service)


@pytest.mark.parametrize(
    ("environment", "counts"),
    [
        ("prod", True),
        ("Production", True),
        ("PRD", True),
        ("live", True),
        ("", True),
        ("blue", True),
        ("prod-eu", True),
        ("staging", False),
        ("Pre-Prod", False),
        ("development", False),
    ],
)
def test_an_environment_counts_as_production_unless_it_is_known_to_be_another(
    environment: str, counts: bool
) -> None:
    assert is_production(environment) is counts
