"""Dependencies in X-Ray, Application Signals and Datadog, against a server on loopback."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cloudops.adapters.datadog.client import DatadogApi
from cloudops.adapters.datadog.credentials import Keys
from cloudops.adapters.discovery.application_signals import ApplicationSignals
from cloudops.adapters.discovery.datadog_apm import DatadogServices
from cloudops.adapters.discovery.trace_nodes import node_name
from cloudops.adapters.discovery.xray import XRayGraph
from cloudops.catalog.discovered import DiscoverySnapshot, ServiceDependency
from cloudops.core.errors import Refused, Unavailable
from cloudops.core.time import HOUR, SECOND
from tests.adapters.aws_wire import aws_client
from tests.fakes.http_server import Answer, Asked, Vendor, vendor

ACCOUNT, REGION, NOW = "111122223333", "eu-central-1", 1_772_440_000_000
Respond = Callable[[Asked], Answer]


def make_snapshot(
    source_of: Callable[[Vendor], Any], respond: Respond, asked: list[Asked] | None = None
) -> DiscoverySnapshot:
    with vendor(respond) as server:
        snapshot: DiscoverySnapshot = source_of(server).discover(NOW)
        if asked is not None:
            asked.extend(server.asked)
        return snapshot


def xray(server: Vendor) -> XRayGraph:
    return XRayGraph(aws_client("xray", server), ACCOUNT, REGION)


def signals(server: Vendor) -> ApplicationSignals:
    return ApplicationSignals(aws_client("application-signals", server), ACCOUNT, REGION)


def datadog(server: Vendor, waits: list[float] | None = None) -> DatadogServices:
    keys = Keys("a", "b", "datadoghq.com", server.url)
    pause = (waits if waits is not None else []).append
    return DatadogServices(DatadogApi(lambda: keys, pause, read_seconds=0.1), ("prod", "staging"))


def a_node(reference: int, kind: str, name: str, *calls: int) -> dict[str, Any]:
    edges = [{"ReferenceId": callee, "StartTime": NOW / 1000} for callee in calls]
    return {"ReferenceId": reference, "Type": kind, "Name": name, "Edges": edges}


def graph(*pages: Sequence[dict[str, Any]]) -> Respond:
    def respond(asked: Asked) -> Answer:
        number = int(asked.body.get("NextToken") or 0)
        following = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
        return Answer({"Services": list(pages[number]), **following})

    return respond


SHOP = graph(
    [
        a_node(0, "client", "web", 1),
        a_node(1, "AWS::ECS::Fargate", "Web", 2, 3),
    ],
    [
        a_node(2, "AWS::Lambda", "checkout-prod", 4),
        a_node(4, "AWS::Lambda::Function", "checkout-prod", 5, 6, 7),
        a_node(3, "AWS::DynamoDB::Table", "carts-prod"),
        a_node(5, "AWS::SQS::Queue", "https://sqs.eu-central-1.amazonaws.com/111122223333/orders"),
        a_node(6, "remote", "api.stripe.com"),
        a_node(7, "Database::SQL", "shop@orders-db.x1.eu-central-1.rds.amazonaws.com"),
    ],
)


def test_the_edges_of_every_page_are_dependencies() -> None:
    snapshot = make_snapshot(xray, SHOP)

    assert set(snapshot.calls) == {
        ServiceDependency("web", "checkout"),
        ServiceDependency("web", "carts"),
        ServiceDependency("checkout", "orders"),
        ServiceDependency("checkout", "orders-db"),
    }
    assert snapshot.place == ("xray", ACCOUNT, REGION)


def test_the_traces_of_the_last_hour_are_requested() -> None:
    asked: list[Asked] = []

    make_snapshot(xray, SHOP, asked)

    assert (asked[0].body["StartTime"], asked[0].body["EndTime"]) == ((NOW - HOUR) // SECOND, NOW // SECOND)


def test_an_edge_to_a_missing_node_is_left_out() -> None:
    assert make_snapshot(xray, graph([a_node(1, "AWS::ECS::Fargate", "web", 99)])).calls == ()


@pytest.mark.parametrize(
    ("kind", "name", "service"),
    [
        ("AWS::EC2::Instance", "Search", "search"),
        ("AWS::Lambda::Function", "prod-orders", "orders"),
        ("AWS::SNS::Topic", "arn:aws:sns:eu-central-1:111122223333:shipped", "shipped"),
        ("client", "web", ""),
        ("RemoteService", "api.stripe.com", ""),
        ("AWS::ECS::Container", "", ""),
    ],
)
def test_a_node_has_the_service_of_its_alerts(kind: str, name: str, service: str) -> None:
    assert node_name(kind, name) == service


def a_service(name: str, **attributes: str) -> dict[str, Any]:
    key = {"Type": "Service", "Name": name, "Environment": "eks:shop-prod/web"}
    return {"KeyAttributes": key, "AttributeMaps": [attributes] if attributes else []}


def a_dependency(**attributes: str) -> dict[str, Any]:
    return {"OperationName": "GET /", "DependencyKeyAttributes": attributes}


EKS = {"PlatformType": "AWS::EKS", "EKS.Cluster": "shop-prod", "K8s.Namespace": "web", "K8s.Workload": "cart"}


def application(asked: Asked) -> Answer:
    """Returns two services on two pages; the first has four dependencies on two pages."""
    if asked.path == "/services":
        if "NextToken" not in asked.query:
            return Answer({"ServiceSummaries": [a_service("Cart", **EKS)], "NextToken": "more"})
        return Answer({"ServiceSummaries": [a_service("payments")]})
    if asked.body["KeyAttributes"]["Name"] != "Cart":
        return Answer({"ServiceDependencies": []})
    if "NextToken" not in asked.query:
        first = [
            a_dependency(Type="Service", Name="payments"),
            a_dependency(Type="RemoteService", Name="x.io"),
        ]
        return Answer({"ServiceDependencies": first, "NextToken": "more"})
    table = {"Type": "AWS::Resource", "ResourceType": "AWS::DynamoDB::Table", "Identifier": "carts"}
    return Answer({"ServiceDependencies": [a_dependency(**table), a_dependency(Type="Service", Name="Cart")]})


def test_application_signals_lists_dependencies_and_workloads_on_eks() -> None:
    snapshot = make_snapshot(signals, application)

    assert snapshot.calls == (ServiceDependency("cart", "payments"), ServiceDependency("cart", "carts"))
    (item,) = snapshot.resources
    assert (item.service, item.target.environment) == ("cart", "prod")
    assert str(item.target) == "eks shop-prod/web/cart in 111122223333 eu-central-1"


def test_a_listing_of_workloads_is_not_complete() -> None:
    assert make_snapshot(signals, application).lists == ()


def dependencies(asked: Asked) -> Answer:
    shop = {"Web": {"calls": ["checkout", "web"]}, "checkout": {"calls": []}, "odd": None}
    return Answer({"prod": shop, "staging": {"web": {"calls": ["stub"]}}}[asked.query["env"]])


def test_datadog_lists_the_dependencies_of_each_environment() -> None:
    snapshot = make_snapshot(datadog, dependencies)

    assert snapshot.calls == (
        ServiceDependency("web", "checkout", "prod"),
        ServiceDependency("web", "stub", "staging"),
    )
    assert snapshot.place == ("datadog-services", "", "")


def test_the_request_for_dependencies_has_the_keys() -> None:
    asked: list[Asked] = []

    make_snapshot(datadog, dependencies, asked)

    assert {(item.headers["dd-api-key"], item.headers["dd-application-key"]) for item in asked} == {
        ("a", "b")
    }


def test_datadog_s_rate_limit_is_waited_out() -> None:
    waits: list[float] = []
    refusals = [Answer({}, 429, {"X-RateLimit-Reset": "4"})]

    snapshot = make_snapshot(
        lambda server: datadog(server, waits),
        lambda asked: refusals.pop() if refusals else dependencies(asked),
    )

    assert (len(snapshot.calls), waits) == (2, [4.0])


@pytest.mark.parametrize(
    ("source_of", "path"), [(xray, "/ServiceGraph"), (signals, "/service-dependencies"), (datadog, "staging")]
)
@pytest.mark.parametrize("failure", [Answer({"x": 1}, half=True), Answer({}, 503)], ids=["half", "503"])
def test_an_incomplete_graph_is_unavailable(
    source_of: Callable[[Vendor], Any], path: str, failure: Answer, aws_waits: list[float]
) -> None:
    def respond(asked: Asked) -> Answer:
        if path in (asked.path, asked.query.get("env")):
            return failure
        return dependencies(asked) if "env" in asked.query else application(asked)

    with pytest.raises(Unavailable):
        make_snapshot(source_of, respond)


@pytest.mark.parametrize("source_of", [xray, signals, datadog])
def test_denied_access_raises_refused(source_of: Callable[[Vendor], Any]) -> None:
    refusal = Answer({"message": "no"}, 403, {"x-amzn-ErrorType": "AccessDeniedException"})

    with pytest.raises(Refused):
        make_snapshot(source_of, lambda _: refusal)
