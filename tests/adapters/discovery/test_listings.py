"""Targets in ECS, Lambda and Auto Scaling, against a server on loopback: all pages or an error."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cloudops.adapters.discovery.auto_scaling_groups import AutoScalingGroups
from cloudops.adapters.discovery.ecs import EcsServices
from cloudops.adapters.discovery.lambda_functions import LambdaFunctions
from cloudops.catalog.declaration import Platform
from cloudops.catalog.discovered import DiscoveredResource, DiscoverySnapshot
from cloudops.core.errors import Refused, Unavailable
from tests.adapters.aws_wire import aws_client
from tests.adapters.event_payloads import alert_of, payload
from tests.fakes.http_server import Answer, Asked, Vendor, vendor

ACCOUNT, REGION, NOW = "111122223333", "eu-central-1", 1_772_440_000_000
Respond = Callable[[Asked], Answer]


def ecs(server: Vendor) -> EcsServices:
    return EcsServices(aws_client("ecs", server), ACCOUNT, REGION)


def functions(server: Vendor) -> LambdaFunctions:
    clients = aws_client("lambda", server), aws_client("resourcegroupstaggingapi", server)
    return LambdaFunctions(*clients, ACCOUNT, REGION)


def groups(server: Vendor) -> AutoScalingGroups:
    return AutoScalingGroups(aws_client("autoscaling", server), ACCOUNT, REGION)


def make_snapshot(source_of: Callable[[Vendor], Any], respond: Respond) -> DiscoverySnapshot:
    with vendor(respond) as server:
        snapshot: DiscoverySnapshot = source_of(server).discover(NOW)
        return snapshot


def summary(snapshot: DiscoverySnapshot) -> list[tuple[str, str, str]]:
    return [(item.service, item.target.name, item.target.environment) for item in snapshot.resources]


def an_ecs_service(name: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop-prod"
    return {"serviceName": name, "clusterArn": arn, "status": "ACTIVE", **more}


def ecs_account(names: list[str], **services: dict[str, Any]) -> Respond:
    """Returns a server with one cluster, whose services are listed in pages of two."""

    def respond(asked: Asked) -> Answer:
        match asked.operation:
            case "ListClusters":
                return Answer({"clusterArns": ["arn:aws:ecs:eu-central-1:111122223333:cluster/shop-prod"]})
            case "ListServices":
                start = int(asked.body.get("nextToken") or 0)
                following = {"nextToken": str(start + 2)} if start + 2 < len(names) else {}
                return Answer({"serviceArns": names[start : start + 2], **following})
            case _:
                described = [
                    an_ecs_service(name, **services.get(name, {})) for name in asked.body["services"]
                ]
                return Answer({"services": described, "failures": []})

    return respond


def test_every_ecs_service_of_every_page_is_discovered_once() -> None:
    names = [f"svc-{n}" for n in range(25)]

    snapshot = make_snapshot(ecs, ecs_account(names))

    assert [item.target.name for item in snapshot.resources] == names
    assert snapshot.place == ("ecs", ACCOUNT, REGION)
    assert snapshot.lists == (Platform.ECS,)


def test_the_tags_of_an_ecs_service_are_its_facts() -> None:
    tags = {
        "service": "Checkout",
        "env": "production",
        "team": "payments",
        "tier": "tier-1",
        "runbook": "https://r.example/c",
        "aws:cloudformation:stack-name": "checkout-prod",
    }
    listed = [{"key": key, "value": value} for key, value in tags.items()]

    (item,) = make_snapshot(ecs, ecs_account(["chk"], chk={"tags": listed})).resources

    assert (item.service, item.service_reason, item.target.environment) == ("checkout", "tag service", "prod")
    assert (item.owner, item.tier, item.runbook, item.stack) == (
        "payments",
        1,
        "https://r.example/c",
        "checkout-prod",
    )
    assert str(item.target) == "ecs shop-prod/chk in 111122223333 eu-central-1"


def test_an_untagged_ecs_service_has_the_service_of_its_alarms() -> None:
    (item,) = make_snapshot(ecs, ecs_account(["checkout-prod"])).resources
    alarm = payload("cloudwatch_metric")
    alarm["detail"].pop("alarmTags")
    alarm["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]["dimensions"] = {
        "ServiceName": "checkout-prod",
        "ClusterName": "shop-prod",
    }

    alert = alert_of(alarm)

    assert (
        (item.service, item.target.environment) == (alert.service, alert.environment) == ("checkout", "prod")
    )


def test_an_inactive_ecs_service_is_left_out() -> None:
    assert summary(make_snapshot(ecs, ecs_account(["a", "b"], b={"status": "INACTIVE"}))) == [
        ("a", "a", "prod")
    ]


def test_an_ecs_service_that_cannot_be_described_fails_the_discovery() -> None:
    healthy = ecs_account(["a"])

    def respond(asked: Asked) -> Answer:
        if asked.operation == "DescribeServices":
            return Answer({"services": [], "failures": [{"arn": "a", "reason": "ACCESS_DENIED"}]})
        return healthy(asked)

    with pytest.raises(Unavailable, match="ACCESS_DENIED"):
        make_snapshot(ecs, respond)


def lambda_account(pages: list[list[str]], tags: list[dict[str, Any]] | None = None) -> Respond:
    def respond(asked: Asked) -> Answer:
        if asked.operation == "GetResources":
            return Answer({"ResourceTagMappingList": tags or []})
        number = int(asked.query.get("Marker") or 0)
        following = {"NextMarker": str(number + 1)} if number + 1 < len(pages) else {}
        listed = [{"FunctionName": name, "FunctionArn": _function_arn(name)} for name in pages[number]]
        return Answer({"Functions": listed, **following})

    return respond


def _function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def test_every_function_is_discovered_with_its_tags() -> None:
    tags = [
        {
            "ResourceARN": _function_arn("f2"),
            "Tags": [{"Key": "app", "Value": "search"}, {"Key": "env", "Value": "dev"}],
        }
    ]

    snapshot = make_snapshot(functions, lambda_account([["orders-staging"], ["f2"]], tags))

    assert summary(snapshot) == [("orders", "orders-staging", "staging"), ("search", "f2", "dev")]


GROUP = (
    "<member><AutoScalingGroupName>{name}</AutoScalingGroupName><AutoScalingGroupARN>arn</AutoScalingGroupARN>"
    "<Tags>{tags}</Tags></member>"
)
TAG = "<member><Key>{}</Key><Value>{}</Value></member>"


def asg_account(*pages: list[str]) -> Respond:
    """Returns a server with groups, each "name" or "name key=value", in pages."""

    def respond(asked: Asked) -> Answer:
        number = int(asked.body.get("NextToken") or 0)
        members = ""
        for entry in pages[number]:
            name, *tags = entry.split()
            members += GROUP.format(name=name, tags="".join(TAG.format(*tag.split("=")) for tag in tags))
        following = f"<NextToken>{number + 1}</NextToken>" if number + 1 < len(pages) else ""
        return Answer(
            "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult>"
            f"<AutoScalingGroups>{members}</AutoScalingGroups>{following}"
            "</DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>"
        )

    return respond


def test_every_auto_scaling_group_but_nodes_of_clusters_is_discovered() -> None:
    snapshot = make_snapshot(
        groups,
        asg_account(
            ["search-prod", "web service=shopfront"],
            [
                "ng-1 eks:cluster-name=shop",
                "cap AmazonECSManaged=",
                "w kubernetes.io/cluster/a=owned",
                "last",
            ],
        ),
    )

    assert summary(snapshot) == [
        ("search", "search-prod", "prod"),
        ("shopfront", "web", ""),
        ("last", "last", ""),
    ]


HEALTHY = [
    (ecs, ecs_account(["a", "b", "c"]), "ListServices"),
    (functions, lambda_account([["a"], ["b"]]), "functions"),
    (groups, asg_account(["a"], ["b"]), "DescribeAutoScalingGroups"),
]


@pytest.mark.parametrize(("source_of", "healthy", "operation"), HEALTHY)
def test_half_a_page_is_requested_again(
    source_of: Callable[[Vendor], Any], healthy: Respond, operation: str, aws_waits: list[float]
) -> None:
    broken = [True]

    def respond(asked: Asked) -> Answer:
        answer = healthy(asked)
        if asked.operation == operation and broken:
            broken.pop()
            return Answer(answer.body, half=True)
        return answer

    assert make_snapshot(source_of, respond) == make_snapshot(source_of, healthy)


@pytest.mark.parametrize(("source_of", "healthy", "operation"), HEALTHY)
@pytest.mark.parametrize("failure", ["half", "silent", "throttled"])
def test_an_incomplete_listing_is_unavailable(
    source_of: Callable[[Vendor], Any], healthy: Respond, operation: str, failure: str, aws_waits: list[float]
) -> None:
    def respond(asked: Asked) -> Answer:
        answer = healthy(asked)
        if asked.operation != operation:
            return answer
        match failure:
            case "half":
                return Answer(answer.body, half=True)
            case "silent":
                return Answer(silent=True)
            case _:
                return error_of(answer, "Throttling", 429)

    with pytest.raises(Unavailable):
        make_snapshot(source_of, respond)


@pytest.mark.parametrize(("source_of", "healthy", "operation"), HEALTHY)
def test_denied_access_raises_refused(
    source_of: Callable[[Vendor], Any], healthy: Respond, operation: str
) -> None:
    with pytest.raises(Refused):
        make_snapshot(source_of, lambda asked: error_of(healthy(asked), "AccessDenied", 403))


def error_of(answer: Answer, code: str, status: int) -> Answer:
    """Returns the error in the protocol of the answer."""
    if isinstance(answer.body, str):
        xml = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        return Answer(xml, status)
    return Answer(json.loads('{"message": "no"}') | {"__type": code}, status, {"x-amzn-ErrorType": code})


def test_a_discovered_resource_can_be_stored() -> None:
    (item,) = make_snapshot(groups, asg_account(["search-prod"])).resources

    assert isinstance(item, DiscoveredResource)
    assert item.target.place == ("asg", ACCOUNT, REGION, "", "", "search-prod")
