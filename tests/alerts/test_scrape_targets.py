"""What an alert is about, apart from the scrape target that measured it."""

import pytest

from cloudops.alerts.attribution import Attribution, attribute
from cloudops.alerts.scrape_targets import KNOWN, exporter_named, is_scrape_job, measured_labels


def attributed(**labels: str) -> Attribution:
    return attribute((("label", measured_labels(labels).labels),))


def test_every_exporter_is_documented_and_recognized() -> None:
    assert sum(len(one.names) for one in KNOWN.exporter) >= 40
    sources = [one.source for table in (KNOWN.exporter, KNOWN.scrape_job, KNOWN.label) for one in table]
    assert all(source.startswith("https://") for source in sources)
    for exporter in KNOWN.exporter:
        for name in exporter.names:
            for spelling in (name, name.replace("-", "_"), f"monitoring-{name}", f"{name}-metrics"):
                assert exporter_named(spelling) is exporter


@pytest.mark.parametrize("name", ["checkout", "orders-metrics", "export", "exporter-ui", "kube", "", "---"])
def test_other_names_mean_no_exporter(name: str) -> None:
    assert exporter_named(name) is None


def test_an_exporter_that_the_list_lacks_is_recognized_by_its_ending() -> None:
    unknown = exporter_named("acme_boiler_exporter")
    assert unknown is not None
    assert unknown.instance == "unknown"


@pytest.mark.parametrize(
    "job",
    ["kubernetes-pods", "node", "Linux", "integrations/windows", "monitoring/node", "http_2xx", "federate"],
)
def test_a_scrape_job_that_names_no_service(job: str) -> None:
    assert is_scrape_job(job)
    assert attributed(job=job, instance="10.0.0.7:9100").service == ""


@pytest.mark.parametrize(("job", "service"), [("checkout", "checkout"), ("shop/orders-api", "orders-api")])
def test_a_job_of_an_application_names_its_service(job: str, service: str) -> None:
    assert attributed(job=job, instance="10.0.0.7:8080").service == service


def test_the_address_of_an_exporter_that_measures_others_is_no_resource() -> None:
    attribution = attributed(job="kube-state-metrics", instance="10.1.1.1:8080", deployment="billing")
    assert (attribution.service, attribution.resources) == ("billing", ("deployment:billing",))


@pytest.mark.parametrize("job", ["node-exporter", "snmp_exporter", "blackbox", "windows_exporter"])
def test_the_instance_is_measured_where_an_exporter_measures_its_host_or_a_probed_address(
    job: str,
) -> None:
    attribution = attributed(job=job, instance="edge-4:9100")
    assert (attribution.service, attribution.resources) == ("", ("host:edge-4",))


def test_exported_labels_describe_what_is_measured_and_their_namesakes_the_target() -> None:
    attribution = attributed(
        job="kubernetes-service-endpoints", service="prometheus-cadvisor", instance="10.1.1.1:8080",
        namespace="monitoring-dev", pod="prometheus-server-0", node="ip-10-1-1-1",
        exported_namespace="bank-prod", exported_pod="billing-6c9f7b5d4-x2x9k", exported_container="app",
    )  # fmt: skip
    assert (attribution.service, attribution.service_reason) == ("billing", "label exported_pod")
    assert (attribution.environment, attribution.environment_reason) == ("prod", "label exported_namespace")
    assert attribution.resources == ("namespace:bank-prod", "pod:billing-6c9f7b5d4-x2x9k")


def test_a_pushed_job_is_measured_and_not_the_pushgateway() -> None:
    attribution = attributed(
        job="pushgateway",
        instance="10.1.1.1:9091",
        exported_job="billing-export",
        exported_instance="batch-2",
    )
    assert (attribution.service, attribution.resources) == ("billing-export", ("host:batch-2",))


def test_the_pod_of_an_exporter_is_measured_if_another_exporter_reports_it() -> None:
    crash = attributed(job="kube-state-metrics", pod="node-exporter-x7k2p", container="node-exporter")
    assert crash.resources == ("pod:node-exporter-x7k2p",)
    own = attributed(job="kube-state-metrics", pod="kube-state-metrics-758b5-8p2xj", deployment="billing")
    assert own.resources == ("deployment:billing",)


def test_the_service_that_a_person_gave_to_an_exporter_of_a_database_counts() -> None:
    labels = {"job": "postgres_exporter", "service": "billing", "instance": "db-3:9187"}
    assert attributed(**labels).service == "billing"


@pytest.mark.parametrize(
    ("labels", "service"),
    [
        ({"destination_workload": "billing", "source_workload": "web", "pod": "web-0"}, "billing"),
        ({"destination_service": "billing.bank.svc.cluster.local", "app": "web"}, "billing"),
        ({"dst_deployment": "billing", "deployment": "web"}, "billing"),
        ({"envoy_cluster_name": "outbound|80||billing.bank.svc.cluster.local", "pod": "web-0"}, "billing"),
        (
            {"exported_service": "billing-8080@kubernetes", "service": "traefik", "pod": "traefik-0"},
            "billing",
        ),
        ({"exported_service": "billing-svc", "controller_pod": "ingress-nginx-x2x9k"}, "billing"),
    ],
)
def test_a_mesh_or_an_ingress_names_the_workload_that_handles_the_request(
    labels: dict[str, str], service: str
) -> None:
    assert attributed(**labels).service == service


def test_the_identity_lacks_the_address_only_of_an_exporter_that_measures_others() -> None:
    assert measured_labels({"job": "kubelet", "instance": "10.0.0.1:10250"}).by_exporter
    assert measured_labels({"job": "x", "exported_pod": "billing-0"}).by_exporter
    assert not measured_labels({"job": "redis_exporter", "instance": "cache-1:9121"}).by_exporter
    assert not measured_labels({"job": "acme_exporter", "instance": "10.0.0.1:9000"}).by_exporter
    assert not measured_labels({"job": "billing", "instance": "10.0.0.1:9000"}).by_exporter
