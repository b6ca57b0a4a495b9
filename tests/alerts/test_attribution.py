"""Attribution by tags, dimensions and labels: service, environment, region, account."""

import pytest

from cloudops.alerts.attribution import Attribution, attribute, environment_of_name


def tags(**entries: str) -> Attribution:
    return attribute((("tag", entries),))


def dimension(key: str, value: str) -> Attribution:
    return attribute((("dimension", {key: value}),))


@pytest.mark.parametrize(
    ("key", "value", "service"),
    [
        ("service", "Checkout", "checkout"),
        ("Service", "checkout", "checkout"),
        ("app.kubernetes.io/name", "cart", "cart"),
        ("app_kubernetes_io_name", "cart", "cart"),
        ("app", "prod-cart", "prod-cart"),
        ("kube_deployment", "cart-api", "cart-api"),
        ("kube_stateful_set", "orders", "orders"),
        ("task_family", "billing-prod", "billing"),
        ("pod_name", "frontend-579b9bff58-t2dbm", "frontend"),
        ("kube_container_name", "istio-proxy", ""),
        ("ServiceName", "staging-search", "search"),
        ("ServiceName", "AmazonEC2", ""),
        ("FunctionName", "checkout-prod-api", "checkout-prod-api"),
        ("FunctionName", "prod-resize-lambda", "resize"),
        ("functionname", "resize", "resize"),
        ("TargetGroup", "targetgroup/cart/6d0ecf831eec9f09", "cart"),
        ("TargetGroup", "targetgroup/prod-cart-tg/6d0ecf831eec9f09", "cart"),
        ("TargetGroup", "cart", "cart"),
        ("LoadBalancer", "app/shop-alb-prod/50dc6c495c0c9188", "shop"),
        ("LoadBalancer", "net/shop/50dc6c495c0c9188", "shop"),
        ("AutoScalingGroupName", "search-asg-prod", "search"),
        ("QueueName", "prod-orders-dlq", "orders"),
        ("QueueName", "orders-queue.fifo", "orders"),
        ("DBInstanceIdentifier", "prod-orders", "orders"),
        ("DBInstanceIdentifier", "eg-prod", "eg-prod"),
        ("CacheClusterId", "sessions-prod-0001-002", "sessions"),
        ("TableName", "carts-eu-central-1", "carts"),
        ("StateMachineArn", "arn:aws:states:eu-west-1:1:stateMachine:refunds", "refunds"),
        ("job", "kube-state-metrics", ""),
        ("job", "checkout", "checkout"),
        ("service", "kube-prometheus-stack-kube-state-metrics", ""),
        ("service", "*", ""),
        ("service", "N/A", ""),
        ("InstanceId", "i-0123456789abcdef0", ""),
        ("ClusterName", "prod-eu", ""),
    ],
)
def test_the_service_that_a_key_names(key: str, value: str, service: str) -> None:
    attribution = dimension(key, value)
    assert attribution.service == service
    assert attribution.service_reason == (f"dimension {key}" if service else "")


def test_a_declared_service_precedes_a_derived_one() -> None:
    attribution = tags(pod_name="cart-api-579b9bff58-t2dbm", kube_deployment="cart-api", service="cart")
    assert (attribution.service, attribution.service_reason) == ("cart", "tag service")


def test_of_equal_keys_the_more_trusted_source_wins() -> None:
    attribution = attribute((("tag", {"Service": "cart"}), ("dimension", {"Service": "CartApi"})))
    assert (attribution.service, attribution.service_reason) == ("cart", "tag Service")


def test_a_key_without_a_service_is_skipped() -> None:
    attribution = tags(service="kube-state-metrics", container="istio-proxy", pod="cart-0")
    assert (attribution.service, attribution.service_reason) == ("cart", "tag pod")


@pytest.mark.parametrize(
    ("key", "value", "environment"),
    [
        ("env", "production", "prod"),
        ("Environment", "PROD", "prod"),
        ("stage", "Pre-Prod", "preprod"),
        ("env", "stg", "staging"),
        ("env", "Blue", "blue"),
        ("Environment", "eks:prod-cluster/shop", "prod"),
        ("Environment", "lambda:default", ""),
        ("kube_namespace", "staging", "staging"),
        ("namespace", "shop-dev", "dev"),
        ("namespace", "payments", ""),
        ("ClusterName", "prod-eu-west-1", "prod"),
        ("FunctionName", "checkout-uat", "uat"),
        ("QueueName", "live-chat", ""),
        ("CacheClusterId", "prod-sessions-001", "prod"),
        ("host", "prod-web-1", ""),
    ],
)
def test_the_environment_that_a_key_names(key: str, value: str, environment: str) -> None:
    attribution = dimension(key, value)
    assert attribution.environment == environment
    assert attribution.environment_reason == (f"dimension {key}" if environment else "")


def test_a_declared_environment_precedes_one_in_a_name() -> None:
    attribution = tags(kube_cluster_name="prod-eks", kube_namespace="dev", env="test")
    assert (attribution.environment, attribution.environment_reason) == ("test", "tag env")


def test_a_name_without_an_environment_is_skipped() -> None:
    attribution = tags(kube_namespace="payments", kube_cluster_name="prod-eks")
    assert (attribution.environment, attribution.environment_reason) == ("prod", "tag kube_cluster_name")


@pytest.mark.parametrize(
    ("entries", "region"),
    [
        ({"region": "eu-west-1"}, "eu-west-1"),
        ({"aws_region": "EU-West-1"}, "eu-west-1"),
        ({"availability-zone": "eu-west-1b"}, "eu-west-1"),
        ({"availability_zone": "us-gov-west-1a", "region": "us-gov-west-1"}, "us-gov-west-1"),
        ({"zone": "europe-west4-a"}, "europe-west4-a"),
        ({"topology.kubernetes.io/zone": "eu-west-1b"}, "eu-west-1"),
    ],
)
def test_the_region_of_a_region_or_a_zone(entries: dict[str, str], region: str) -> None:
    assert attribute((("tag", entries),)).region == region


def test_the_account_of_an_account_key() -> None:
    assert tags(aws_account="111122223333").account == "111122223333"
    assert tags(account_id="1").account == "1"
    assert tags(accounting="x").account == ""


def test_resources_are_kinds_and_names_sorted() -> None:
    attribution = attribute(
        (
            ("tag", {"host": "ip-10-0-0-1:9100", "kube_node": "ip-10-0-0-1", "pod_name": "cart-0"}),
            (
                "dimension",
                {
                    "LoadBalancer": "app/shop/50dc6c495c0c9188",
                    "TargetGroup": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/cart/6d0e",
                    "ClusterName": "arn:aws:ecs:eu-west-1:1:cluster/prod",
                    "InstanceId": "i-1",
                },
            ),
        )
    )
    assert attribution.resources == (
        "cluster:prod",
        "host:ip-10-0-0-1",
        "instance:i-1",
        "node:ip-10-0-0-1",
        "pod:cart-0",
        "targetgroup:cart",
    )


def test_without_known_keys_the_attribution_is_empty() -> None:
    assert attribute(()) == attribute((("tag", {}), ("tag", {"team": "shop"}))) == Attribution()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prod-checkout-5xx", ("prod", "name prefix prod-")),
        ("[Prod] sessions-SwapUsageTooHigh", ("prod", "name prefix Prod-")),
        ("checkout-5xx-staging", ("staging", "name suffix -staging")),
        ("eg-prod-web-4xx", ("prod", "name part prod")),
        ("checkout-5xx", ("", "")),
        ("Latency of the live stage", ("", "")),
        ("", ("", "")),
    ],
)
def test_the_name_of_an_alert_may_hold_its_environment(name: str, expected: tuple[str, str]) -> None:
    assert environment_of_name(name) == expected
