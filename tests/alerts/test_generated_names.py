"""The service inside a name that a platform or a convention made."""

import pytest

from cloudops.alerts.attribution import attribute


@pytest.mark.parametrize(
    ("key", "value", "service"),
    [
        ("job_name", "billing-close-29387520", "billing-close"),
        ("job_name", "billing-close-1712345678", "billing-close"),
        ("job_name", "billing-close", "billing-close"),
        ("pod", "billing-close-29387520-abcde", "billing-close"),
        ("pod", "indexer-7f6b6c8d5d-aeiou", "indexer"),
        ("replicaset", "billing-6c9f7b5d4", "billing"),
        ("replicaset", "billing-accounts", "billing-accounts"),
        ("horizontalpodautoscaler", "billing-web", "billing-web"),
        ("FunctionName", "BankStack-BillingHandler1A2B3C4D-zYxWvUtSrQpO", "bankstack-billinghandler"),
        ("FunctionName", "bank-BillingHandler-1A2B3C4D5E6F7", "bank-billinghandler"),
        ("FunctionName", "billing-notification", "billing-notification"),
        ("QueueName", "BankStack-BillingQueue9F8E7D6C-AbCdEfGhIjKl", "bankstack-billingqueue"),
        ("TargetGroup", "targetgroup/k8s-bank-billing-1a2b3c4d5e/73e2d6bc24d8a067", "billing"),
        ("CanaryName", "billing-canary", "billing"),
        ("CanaryName", "billing_heartbeat_2", "billing"),
        ("SloName", "billing-availability", "billing"),
        ("SloName", "billing-p99-latency-slo", "billing"),
        ("persistentvolumeclaim", "data-billing-db-0", "billing"),
        ("persistentvolumeclaim", "shared-files", ""),
        ("persistentvolumeclaim", "data-0", ""),
    ],
)
def test_generated_parts_of_a_name_are_no_part_of_the_service(key: str, value: str, service: str) -> None:
    assert attribute((("dimension", {key: value}),)).service == service


def test_the_environment_of_elastic_beanstalk_is_found_inside_its_name() -> None:
    assert attribute((("dimension", {"EnvironmentName": "bank-staging"}),)).environment == "staging"
    assert attribute((("dimension", {"EnvironmentName": "Production"}),)).environment == "prod"
